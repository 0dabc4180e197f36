// log sum of e^s over what was added, with a running maximum.
#pragma once
#include <pfm/kernels/exponential.h>
#include <pfm/kernels/lanes.h>

#include <algorithm>
#include <cmath>

namespace pfm {

struct LogSum {
  Real top = lowest, sum = 0;

  void add(const Real* s, Offset n) {
    const Real now = lane_max(s, n, top);
    if (now == lowest) return;
    Real part[lanes] = {};
    Offset j = 0;
    for (; j + lanes <= n; j += lanes)
      for (Offset l = 0; l < lanes; ++l) part[l] += exponential(s[j + l] - now);
    Real added = 0;
    for (; j < n; ++j) added += exponential(s[j] - now);
    for (const Real p : part) added += p;
    sum = (sum > 0 ? sum * exponential(top - now) : 0) + added;
    top = now;
  }
  Real value() const { return sum > 0 ? top + std::log(sum) : lowest; }  // -infinity of nothing
};

}  // namespace pfm
