// Cores: how deep in the dense part of a graph each node lies.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

// [N] The largest k such that the node belongs to a subgraph in which every node has k neighbours (Batagelj & Zaversnik
// 2003, arXiv:cs/0310049). The graph is undirected; loops do not count. Linear in the edges, on one thread; 16 bytes a
// node beside the graph.
std::vector<NodeId> core_numbers(const Graph& graph);

}  // namespace pfm
