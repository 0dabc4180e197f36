// All pairs of the rows of one matrix: scores are symmetric, a tile and its mirror image are made once.
#pragma once
#include <pfm/kernels/matrix.h>
#include <pfm/selfsup/pairs.h>

namespace pfm {

// log sum_j e^(z_i . z_j): [n, d] -> [n, 1]
Matrix own_log_sums(const Matrix& z, Own own);

// Their gradient by z: `grad` [n, 1] of the log-sums [n, 1].  [n, d]
Matrix own_log_sums_gradient(const Matrix& z, const Matrix& log_sums, const Matrix& grad, Own own);

// Sum over all i, j of log(1 + e^(z_i . z_j)); rows of `slopes` [n, d], where wanted, become sum_j z_j / (1 + e^-(z_i .
// z_j)), half the gradient.
double own_softplus_sum(const Matrix& z, Matrix* slopes);

}  // namespace pfm
