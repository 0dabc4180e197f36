// Softmax regression with a penalty on the weights, solved to its minimum.
#pragma once
#include <pfm/kernels/matrix.h>

#include <cstdint>

namespace pfm {

// Scores of a row x are weights . (x - mean) scale + intercepts.
struct SoftmaxRegression {
  Matrix weights;      // [d + 1, classes], the last row: intercepts
  Matrix mean, scale;  // [1, d]: of each column of the training rows, 1 / its deviation (0 where it is constant)

  Matrix scores(const Matrix& x) const;  // [n, d] -> [n, classes]
};

// For each of `penalties` the minimum over W and b of the mean cross-entropy of the rows, columns standardised, plus
// penalty / 2 |W|^2; intercepts are free. By L-BFGS (Liu & Nocedal 1989) until no entry of the gradient is above 1e-3,
// or for 100 steps; each starts from the one before, so the penalties should fall. x [n, d], classes [n] in [0, count),
// n > 0
std::vector<SoftmaxRegression> softmax_regressions(const Matrix& x, std::span<const std::int32_t> classes, int count,
                                                   std::span<const double> penalties);

}  // namespace pfm
