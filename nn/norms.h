// Softmax and normalisations of rows and columns, each with its gradient. Letters: n rows, k columns.
#pragma once
#include <pfm/nn/tape.h>

namespace pfm {

Var softmax(const Var& a);      // of each row: [n, k] -> [n, k]
Var log_softmax(const Var& a);  // of each row: [n, k] -> [n, k]
Var log_sum_exp(const Var& a);  // of each row: [n, k] -> [n, 1]

// Rows divided by their Euclidean norm, or by `least` where it is smaller: zero rows stay zero.  [n, k] -> [n, k]
Var l2_normalise(const Var& a, Real least = Real(1e-12));

// scale (x - mean) / sqrt(variance + epsilon) + shift over each row (Ba et al. 2016).
// [n, k], scale and shift [1, k] or none -> [n, k]
Var layer_norm(const Var& a, const Var& scale, const Var& shift, Real epsilon = Real(1e-5));

// The layer norm of x + change ("add & norm", Vaswani et al. 2017): the sum itself is not kept.
Var add_norm(const Var& x, const Var& change, const Var& scale, const Var& shift, Real epsilon = Real(1e-5));

// The layer norm's formula over each column (Ioffe & Szegedy 2015), with the mean and the biased variance of these
// rows; n > 0. `mean` and `variance` [1, k], where given, move towards this batch's by `momentum` (unbiased variance):
// state, without gradient.
//
// Rows that stand for equal ones, whose gradients are the sums over these: row i for count[i] (none = 1 each). Views,
// row ranges [V + 1] from 0 to n, are normalised each by itself, in turn (none = one of all rows).
struct RowsAlike {
  std::span<const Real> count;
  std::span<const Offset> views;
};
Var batch_norm(const Var& a, const Var& scale, const Var& shift, Var mean, Var variance, Real momentum = Real(0.1),
               Real epsilon = Real(1e-5), const RowsAlike& alike = {});
// With given statistics, as constants.
Var batch_norm_fixed(const Var& a, const Var& scale, const Var& shift, const Var& mean, const Var& variance,
                     Real epsilon = Real(1e-5));

}  // namespace pfm
