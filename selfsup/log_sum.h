// log sum of e^s over what was added, with a running maximum.
#pragma once
#include <pfm/kernels/exponential.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace pfm {

struct LogSum {
  static constexpr Real lowest = -std::numeric_limits<Real>::infinity();
  static constexpr int lanes = 16;  // partial sums, so that loops vectorise with one fixed order
  Real top = lowest, sum = 0;

  void add(const Real* s, Offset n) {
    Real best[lanes];
    std::fill_n(best, lanes, top);
    Offset j = 0;
    for (; j + lanes <= n; j += lanes)
      for (int l = 0; l < lanes; ++l) best[l] = s[j + l] > best[l] ? s[j + l] : best[l];
    Real now = top;
    for (; j < n; ++j) now = std::max(now, s[j]);
    for (const Real b : best) now = std::max(now, b);
    if (now == lowest) return;
    Real part[lanes] = {};
    for (j = 0; j + lanes <= n; j += lanes)
      for (int l = 0; l < lanes; ++l) part[l] += exponential(s[j + l] - now);
    Real added = 0;
    for (; j < n; ++j) added += exponential(s[j] - now);
    for (const Real p : part) added += p;
    sum = (sum > 0 ? sum * exponential(top - now) : 0) + added;
    top = now;
  }
  Real value() const { return sum > 0 ? top + std::log(sum) : lowest; }  // -infinity of nothing
};

}  // namespace pfm
