// What rows of a pair's ends give: their products. Sparse rows stay sparse.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/graph/graph.h>

namespace pfm {

// x_source . x_target of every pair: [N, d] -> [pairs, 1]. With unit rows the cosine, 0 where a row is zero.
Matrix pair_dots(const Features& x, std::span<const Edge> pairs);

}  // namespace pfm
