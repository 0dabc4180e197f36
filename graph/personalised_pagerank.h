// PageRank as seen from single nodes, without touching the rest of the graph.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

struct Push {
  double alpha = 0.15;    // the chance that a walk ends before its next step, in (0, 1]
  double epsilon = 1e-4;  // what is left unspread at a node is below epsilon times its degree
  NodeId most = 0;        // keep only so many of a row's largest entries, ties by smaller node; 0 = all
};

// [sources, N] Row i approximates the law of where a walk from sources[i] ends, alpha (I - (1 - alpha) D^-1 A)^-1, from
// below (Andersen, Chung & Lang 2006, with walks that are not lazy). The chance not yet assigned sums to 1 minus the
// row's sum; on an undirected graph no entry v lacks more than epsilon degree(v). Edges count alike whatever their
// weights. A walk ends at a node that has no edge. At most 1 / (epsilon alpha) edges are met for a source, however
// large the graph is.
Sparse personalised_pagerank(const Graph& graph, std::span<const NodeId> sources, const Push& how = {});

}  // namespace pfm
