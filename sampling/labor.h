// LABOR-0 (Balin and Catalyurek 2023, arXiv:2210.13339, section 3).
#pragma once
#include <pfm/sampling/edge_choice.h>

namespace pfm {

// Source t has one uniform number r_t, the same for all nodes of a hop, and an entry t -> s is chosen where
// r_t < min(1, count / d_s), d_s the entries of row s: min(count, d_s) are expected, each has the same chance as in
// sampling without replacement, but rows choose the same sources where they can, so fewer nodes are reached. O(d_s).
// r_t is a function of `rng` and t, in steps of 2^-32.
void choose_labor(const Sparse& rows, std::span<const NodeId> nodes, Offset count, const Rng& rng, ChosenEdges& chosen);

}  // namespace pfm
