// Pairs of neighbours, no node in two.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

// [N] The partner of each node in a matching of the largest possible number of pairs, -1 where it has none. The graph
// is undirected; loops and weights do not count. By augmenting paths (Edmonds 1965; Boost.Graph), which takes time in
// proportion to N E at worst: for small graphs.
std::vector<NodeId> maximum_matching(const Graph& graph);

}  // namespace pfm
