// The graph format of METIS (manual of METIS 5, section 4.1): line k holds the neighbours of node k.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// A header `nodes edges [fmt [ncon]]`, then a line per node, an empty one where it has no neighbours; nodes count from
// 1, comments start with %. fmt 1, 10, 100 and their sums: weights of edges, of nodes (ncon each), sizes of nodes.
// Sizes and weights of nodes must be whole and not negative and are not kept; weights of edges may be any finite
// numbers. Graphs are undirected: every edge must stand in both lines, with one weight, and the header's number must be
// theirs (a self-loop stands once and counts as one). Nodes have no names; labels name them 1 .. N.
// Error(Fault::input): anything else.
Dataset read_metis(Paths paths, const ReadRules& rules);

bool is_metis(const std::filesystem::path& path);  // .graph or .metis, with such a header

// Of `data` only the graph. Weights must be whole and at least 1, self-loops and direction cannot be said:
// Error(Fault::input). Every edge stands in the lines of both its ends. Error(Fault::writing): the file.
void write_metis(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules);

}  // namespace pfm::io
