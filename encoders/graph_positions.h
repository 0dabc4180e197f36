// Where a node stands in its graph, for encoders that do not see edges otherwise.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/kernels/attention_plan.h>
#include <pfm/kernels/random.h>

#include <string>

namespace pfm {

// "none": no columns. "walks": how likely a walk is back after 1 .. width steps (graph/walk_returns.h). "laplacian":
// the eigenvectors of the smallest eigenvalues but the first (graph/laplacian.h), sample by sample, zeros where a
// sample has fewer nodes; an eigenvector's sign says nothing, so who gives an Rng gets random signs (Dwivedi et al.
// 2020, arXiv:2003.00982). [N, width]. Directions of edges do not count. Another name is the user's fault.
Matrix graph_positions(const Batch& where, const std::string& kind, int width);
void turn_signs(Matrix& positions, const Batch& where, Rng rng);

// How many steps node j is from node i, 0 .. limit, limit + 1 for farther ones and those of no path: the row of a table
// of limit + 2 biases for every pair of a sample (Ying et al. 2021, arXiv:2106.05234, eq. 6). Memory: a number a pair,
// so Error(input) where a sample has more than 2,048 nodes.
PairIds distance_pairs(const Batch& where, int limit);

}  // namespace pfm
