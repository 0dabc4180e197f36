#include <pfm/kernels/csr_faults.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace pfm {
namespace {

constexpr Offset entries_per_block = 1 << 18;

// The first of what find(begin, end) gives for blocks of [0, n), -1 meaning nothing.
template <class Find>
Offset first_of(Offset n, Find find) {
  if (n <= entries_per_block) return find(Offset{0}, n);
  std::vector<Offset> found(std::size_t((n + entries_per_block - 1) / entries_per_block));
  parallel_for(n, entries_per_block,
               [&](Offset begin, Offset end) { found[begin / entries_per_block] = find(begin, end); });
  const auto first = std::ranges::find_if(found, [](Offset f) { return f >= 0; });
  return first == found.end() ? -1 : *first;
}

Offset first_falling(std::span<const Offset> offsets, Offset entries) {
  if (offsets.front() != 0) return 0;
  const Offset falling = first_of(Offset(offsets.size()) - 1, [&](Offset begin, Offset end) -> Offset {
    for (Offset row = begin; row < end; ++row)
      if (offsets[row] > offsets[row + 1]) return row + 1;
    return -1;
  });
  return falling >= 0 || offsets.back() == entries ? falling : Offset(offsets.size()) - 1;
}

// Entries in [begin, end) whose column is not above that of the entry before, whatever row that is in, without those
// that begin a row: a loop without branches over the entries, and one over the rows.
Offset count_falls(const CsrView& a, Offset begin, Offset end) {
  const NodeId* c = a.columns.data();
  Offset falls = 0;
  for (Offset e = begin; e < end; ++e) falls += c[e - 1] >= c[e];
  auto row = std::ranges::lower_bound(a.offsets, begin);
  for (Offset before = -1; row != a.offsets.end() && *row < end; before = *row++)
    if (*row != before) falls -= c[*row - 1] >= c[*row];
  return falls;
}

Offset first_fall(const CsrView& a, Offset begin, Offset end) {
  auto row_end = std::ranges::upper_bound(a.offsets, begin - 1);
  for (Offset e = begin; e < end; ++e) {
    if (e < *row_end && a.columns[e - 1] >= a.columns[e]) return e;
    while (e >= *row_end) ++row_end;
  }
  return -1;
}

}  // namespace

CsrFaults csr_faults(const CsrView& a) {
  CsrFaults faults;
  faults.offset = first_falling(a.offsets, a.nonzeros());
  if (faults.offset >= 0) return faults;
  const auto cols = std::uint32_t(std::clamp<Offset>(a.cols, 0, Offset{1} << 31));
  const Offset blocks = (a.nonzeros() + entries_per_block - 1) / entries_per_block;
  std::vector<Offset> falls(std::size_t(blocks), -1);
  faults.column = first_of(a.nonzeros(), [&](Offset begin, Offset end) -> Offset {
    if (begin == end) return -1;
    const NodeId* c = a.columns.data();
    std::uint32_t highest = 0;
    for (Offset e = begin; e < end; ++e) highest = std::max(highest, std::uint32_t(c[e]));
    const Offset from = std::max<Offset>(1, begin);
    if (count_falls(a, from, end) > 0) falls[begin / entries_per_block] = first_fall(a, from, end);
    if (highest < cols) return -1;
    return std::find_if(c + begin, c + end, [&](NodeId v) { return std::uint32_t(v) >= cols; }) - c;
  });
  const auto first = std::ranges::find_if(falls, [](Offset f) { return f >= 0; });
  if (first != falls.end()) faults.order = *first;
  return faults;
}

Offset first_not_finite(std::span<const Real> values) {
  return first_of(Offset(values.size()), [&](Offset begin, Offset end) -> Offset {
    bool finite = true;  // NaN compares false
    for (Offset i = begin; i < end; ++i) finite &= std::abs(values[i]) <= std::numeric_limits<Real>::max();
    if (finite) return -1;
    return std::find_if(values.begin() + begin, values.begin() + end, [](Real v) { return !std::isfinite(v); }) -
           values.begin();
  });
}

}  // namespace pfm
