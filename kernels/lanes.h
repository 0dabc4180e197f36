// Sums and maxima of a row in `lanes` partial ones, so that they vectorise with one fixed order.
#pragma once
#include <pfm/kernels/matrix.h>

#include <algorithm>
#include <limits>

namespace pfm {

constexpr Real lowest = -std::numeric_limits<Real>::infinity();
constexpr Offset lanes = 16;

// The first `2 half` partial results as one. Halves are constants: as a loop they would pass through memory.
template <Offset half, class Both>
inline Real folded(Real* part, Both both) {
  for (Offset l = 0; l < half; ++l) part[l] = both(part[l], part[l + half]);
  if constexpr (half > 1) return folded<half / 2>(part, both);
  return part[0];
}

template <class Term>  // sum of term(j) over [0, size)
Real lane_sum(Offset size, Term term) {
  Real part[lanes] = {};
  Offset j = 0;
  for (; j + lanes <= size; j += lanes)
    for (Offset l = 0; l < lanes; ++l) part[l] += term(j + l);
  Real sum = 0;
  for (; j < size; ++j) sum += term(j);
  return sum + folded<lanes / 2>(part, [](Real a, Real b) { return a + b; });
}

// The largest of x[0, size) and `best`.
inline Real lane_max(const Real* x, Offset size, Real best = lowest) {
  Real part[lanes];
  std::fill_n(part, lanes, best);
  Offset j = 0;
  for (; j + lanes <= size; j += lanes)
    for (Offset l = 0; l < lanes; ++l) part[l] = x[j + l] > part[l] ? x[j + l] : part[l];
  for (; j < size; ++j) best = std::max(best, x[j]);
  return std::max(best, folded<lanes / 2>(part, [](Real a, Real b) { return a > b ? a : b; }));
}

}  // namespace pfm
