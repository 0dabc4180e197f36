// Matrices to test with.
#pragma once
#include <pfm/kernels/random.h>

#include <algorithm>
#include <cmath>

namespace pfm {

inline Matrix random_matrix(Offset rows, Offset cols, std::uint64_t seed) {  // standard normal
  Matrix m(rows, cols);
  for (Offset i = 0; i < m.size(); ++i) m.data()[i] = Real(Rng(seed).normal(std::uint64_t(i)));
  return m;
}

// Of entries; infinite where shapes differ.
inline double largest_difference(const Matrix& a, const Matrix& b) {
  if (!a.same_shape(b)) return INFINITY;
  double largest = 0;
  for (Offset i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(double(a.data()[i]) - double(b.data()[i])));
  return largest;
}

}  // namespace pfm
