// Sums and maxima of a row in `lanes` partial ones, so that they vectorise with one fixed order.
#pragma once
#include <pfm/kernels/vector.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace pfm {

constexpr Real lowest = -std::numeric_limits<Real>::infinity();
constexpr Offset lanes = 16;

// The partial results as one, halves by halves.
template <class L, class Both>
inline Real folded(const Piece<L>& part, Both both) {
  if constexpr (L::count == 1) return part.v;
  if constexpr (L::count == 2)
    return folded<Lanes<1>>(both(Piece<Lanes<1>>{part.v[0]}, Piece<Lanes<1>>{part.v[1]}), both);
  if constexpr (L::count > 2) return [&]<int... l>(std::integer_sequence<int, l...>) {
      using Half = Lanes<L::count / 2>;
      const Piece<Half> low{__builtin_shufflevector(part.v, part.v, l...)},
          high{__builtin_shufflevector(part.v, part.v, (l + int(Half::count))...)};
      return folded<Half>(both(low, high), both);
    }
  (std::make_integer_sequence<int, int(L::count / 2)>());
}

template <class Term>  // sum of term(j) over [0, size)
Real lane_sum(Offset size, Term term) {
  Real part[lanes] = {};
  Offset j = 0;
  for (; j + lanes <= size; j += lanes)
    for (Offset l = 0; l < lanes; ++l) part[l] += term(j + l);
  Real sum = 0;
  for (; j < size; ++j) sum += term(j);
  return sum + folded(at<Lanes<lanes>>(part),
                      []<class L>(const Piece<L>& a, const Piece<L>& b) { return Piece<L>{a.v + b.v}; });
}

// The largest of x[0, size) and `best`.
inline Real lane_max(const Real* x, Offset size, Real best = lowest) {
  const auto larger = []<class L>(const Piece<L>& a, const Piece<L>& b) { return Piece<L>{a.v > b.v ? a.v : b.v}; };
  Piece<Lanes<lanes>> part{best - typename Lanes<lanes>::Type{}};
  Offset j = 0;
  for (; j + lanes <= size; j += lanes) part = larger(at<Lanes<lanes>>(x + j), part);
  for (; j < size; ++j) best = std::max(best, x[j]);
  return std::max(best, folded(part, larger));
}

}  // namespace pfm
