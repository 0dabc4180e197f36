// PageRank: where a walk that now and then starts again is found.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

struct PageRank {
  double damping = 0.85;              // the chance of a step along an edge, in [0, 1)
  double tolerance = 1e-12;           // of the sum of absolute changes in a round, > 0
  std::span<const double> restart{};  // [N] where a walk starts, not negative, of sum > 0; empty: anywhere alike
};

// [N] x = damping (P^T x + dangling restart) + (1 - damping) restart, of sum 1 (Page et al. 1999). Steps follow stored
// entries in proportion to their weights; a node without any sends its walk to the restart. A round costs the edges
// once, and changes shrink at least by `damping` a round, so that rounds are bounded. Pulled along the transpose.
// Error(input) where a weight is negative.
std::vector<double> pagerank(const Graph& graph, const PageRank& how = {});

}  // namespace pfm
