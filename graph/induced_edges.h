// The edges among some of a graph's nodes, row by row.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/graph/relabelling.h>

namespace pfm {

struct InducedEdges {
  std::vector<Offset> offsets{0};  // [rows so far + 1]
  std::vector<NodeId> columns;     // ascending in a row
  std::vector<Offset> entries;     // of the adjacency
};

// A further row for each of `nodes` (different ones, which `numbers` knows by their places, and no others): its entries
// of `a` that lead to one of them, whose place is counted from `first`. A row of d entries takes O(d), or O(m log d)
// where the m nodes are far fewer.
void append_induced(const Sparse& a, std::span<const NodeId> nodes, const Relabelling& numbers, NodeId first,
                    InducedEdges& edges);

// These edges with the weights, types and attributes that they have in `from`.
Graph graph_of(const Graph& from, InducedEdges edges);

}  // namespace pfm
