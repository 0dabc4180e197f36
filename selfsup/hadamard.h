// Links told from other pairs by the products of their ends' rows.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/graph/link_split.h>

namespace pfm {

// The log-odds that a pair is an edge: L2-regularised logistic regression (C = 1, regularised intercept) on
// x_u * x_v, column by column (Grover & Leskovec 2016, arXiv:1607.00653, table 1), learnt from `known`.  Two things
// make one C mean the same for all rows and keep the cost in bounds: rows are scaled by one number to a mean square of
// 1, and those of more than 512 columns are first replaced by their 128 principal coordinates (`rng` starts the search
// for them).  [N, d] -> [pairs, 1]
Matrix hadamard_scores(const Features& rows, const LabelledPairs& known, std::span<const Edge> pairs, Rng rng);

}  // namespace pfm
