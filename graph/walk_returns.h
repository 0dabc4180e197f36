// Random-walk structural encodings: how likely a walk is back where it started.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

// [N, steps] Column s - 1 holds the diagonal of (D^-1 A)^s (Dwivedi et al. 2022, arXiv:2110.07875). The graph is
// undirected, weights count and must not be negative; a node without edges never returns: 0. Exact. From every node
// walks are followed for half the steps, which suffices: (P^(s+t))_uu = d_u sum_v (P^s)_uv (P^t)_uv / d_v. The time is
// the sum over nodes of the edges within steps / 2 of them, times steps / 2: linear for many small graphs, up to N E
// steps / 2 for a small world. Error(input) where a weight is negative.
Matrix walk_returns(const Graph& graph, int steps);

}  // namespace pfm
