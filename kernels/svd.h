// Singular values: of a tall matrix all of them, of a large one the first.
#pragma once
#include <pfm/kernels/random.h>

#include <functional>

namespace pfm {

// a = left diag(values) right^T: orthonormal columns, values descending.
struct Svd {
  Matrix left;                 // [m, k]
  std::vector<double> values;  // [k]
  Matrix right;                // [n, k]
};

// Of a [m, n], m >= n, k = n; in double and on this thread: 6 m n^2 flops.
Svd svd(const Matrix& a);

// A matrix [m, n] known by its products alone.
struct LinearMap {
  Offset rows, cols;
  std::function<Matrix(const Matrix& x)> times;             // a x:   [n, k] -> [m, k]
  std::function<Matrix(const Matrix& y)> transposed_times;  // a^T y: [m, k] -> [n, k]
};

// The `rank` largest of `a`, found in the range of a (a^T a)^rounds times a random matrix, made orthonormal after each
// product (Halko, Martinsson & Tropp 2011, algorithms 4.4 and 5.1): 2 rounds + 2 products with a quarter more columns
// than `rank`. What is missed falls with (values[5/4 rank] / values[i])^(2 rounds + 1); nothing is where that many
// columns are all.  1 <= rank <= min(m, n)
Svd randomised_svd(const LinearMap& a, Offset rank, int rounds, Rng rng);

}  // namespace pfm
