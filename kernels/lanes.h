// Sums and maxima of a row in `lanes` partial ones, so that they vectorise with one fixed order.
#pragma once
#include <pfm/kernels/matrix.h>

#include <algorithm>
#include <limits>

namespace pfm {

constexpr Real lowest = -std::numeric_limits<Real>::infinity();
constexpr Offset lanes = 16;

template <class Term>  // sum of term(j) over [0, size)
Real lane_sum(Offset size, Term term) {
  Real part[lanes] = {};
  Offset j = 0;
  for (; j + lanes <= size; j += lanes)
    for (Offset l = 0; l < lanes; ++l) part[l] += term(j + l);
  Real sum = 0;
  for (; j < size; ++j) sum += term(j);
  for (Offset half = lanes / 2; half > 0; half /= 2)
    for (Offset l = 0; l < half; ++l) part[l] += part[l + half];
  return sum + part[0];
}

// The largest of x[0, size) and `best`.
inline Real lane_max(const Real* x, Offset size, Real best = lowest) {
  Real part[lanes];
  std::fill_n(part, lanes, best);
  Offset j = 0;
  for (; j + lanes <= size; j += lanes)
    for (Offset l = 0; l < lanes; ++l) part[l] = x[j + l] > part[l] ? x[j + l] : part[l];
  for (; j < size; ++j) best = std::max(best, x[j]);
  for (const Real v : part) best = std::max(best, v);
  return best;
}

}  // namespace pfm
