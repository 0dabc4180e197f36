// What falls apart when one node is taken out.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

// The graph is undirected, without repeated edges.
struct Biconnected {
  NodeId count = 0;              // blocks: largest parts that no single node's removal takes apart; a bridge is one
  std::vector<NodeId> of_entry;  // [E] the block of each stored entry, numbered by their first entries; loops have -1
  std::vector<NodeId> articulation;  // ascending: nodes in several blocks
};
Biconnected biconnected_components(const Graph& graph);  // linear (Hopcroft & Tarjan 1973), by Boost.Graph

}  // namespace pfm
