// Scores of pairs of nodes from their neighbours: which pairs of a social graph become edges (Liben-Nowell & Kleinberg
// 2007, table 1), as node2vec is compared with (Grover & Leskovec 2016, arXiv:1607.00653, table 3).
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

// The graph is undirected, without loops and repeated edges; N(u) are the neighbours of u. [pairs, 1] each
Matrix common_neighbours(const Graph& graph, std::span<const Edge> pairs);        // |N(u) and N(v)|
Matrix jaccard(const Graph& graph, std::span<const Edge> pairs);                  // that / |N(u) or N(v)|; 0 of none
Matrix adamic_adar(const Graph& graph, std::span<const Edge> pairs);              // sum of 1 / log|N(w)|, w in both
Matrix preferential_attachment(const Graph& graph, std::span<const Edge> pairs);  // |N(u)| |N(v)|

}  // namespace pfm
