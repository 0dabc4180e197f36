// Nearest neighbours as a classifier.
#pragma once
#include <pfm/graph/features.h>

namespace pfm {

// Votes of the k nearest training rows by cosine (all of them when fewer), each with weight e^(cosine / tau) (Wu et al.
// 2018, arXiv:1805.01978). Rows need not have norm 1. Of equal cosines the smaller row counts as nearer.
// train [n, d], labels [n] in [0, classes), test [m, d] -> [m, classes]
Matrix neighbour_votes(const Features& train, std::span<const std::int32_t> labels, int classes, const Features& test,
                       int k, Real tau);

}  // namespace pfm
