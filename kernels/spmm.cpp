#include <pfm/kernels/parallel.h>
#include <pfm/kernels/spmm.h>

#include <algorithm>
#include <limits>

namespace pfm {
namespace {

constexpr Offset tile = 64;  // numbers of one output row kept in registers
constexpr Offset ahead = 8;  // entries between prefetch and use

// Sum of one row over columns [from, from + width) of x; width is known at compile time for whole tiles.
template <bool weighted, Offset width>
inline void row_sum(const CsrView& a, const Matrix& x, Offset row, Offset from, Real* out) {
  Real sum[width] = {};
  const Offset begin = a.offsets[row], end = a.offsets[row + 1];
  const NodeId* columns = a.columns.data();
  const Offset entries = a.nonzeros();
  for (Offset e = begin; e < end; ++e) {
    if (e + ahead < entries) {
      const Real* next = x.data() + columns[e + ahead] * x.cols() + from;
      for (Offset k = 0; k < width; k += 64 / Offset{sizeof(Real)}) __builtin_prefetch(next + k);
    }
    const Real* source = x.data() + columns[e] * x.cols() + from;
    const Real value = weighted ? a.values[e] : 1;
    for (Offset k = 0; k < width; ++k) sum[k] += weighted ? value * source[k] : source[k];
  }
  for (Offset k = 0; k < width; ++k) out[from + k] = sum[k];
}

template <bool weighted>
void sum_rows(const CsrView& a, const Matrix& x, Matrix& out, Offset first, Offset last) {
  const Offset d = x.cols();
  for (Offset row = first; row < last; ++row) {
    Real* result = out.data() + row * d;
    Offset from = 0;
    for (; from + tile <= d; from += tile) row_sum<weighted, tile>(a, x, row, from, result);
    for (; from + 16 <= d; from += 16) row_sum<weighted, 16>(a, x, row, from, result);
    for (; from < d; ++from) row_sum<weighted, 1>(a, x, row, from, result);
  }
}

void max_rows(const CsrView& a, const Matrix& x, Matrix& out, std::span<Offset> arg_max, Offset first, Offset last) {
  const Offset d = x.cols();
  for (Offset row = first; row < last; ++row) {
    const Offset begin = a.offsets[row], end = a.offsets[row + 1];
    Real* best = out.data() + row * d;
    Offset* arg = arg_max.empty() ? nullptr : arg_max.data() + row * d;
    std::fill_n(best, d, begin == end ? 0 : -std::numeric_limits<Real>::infinity());
    if (arg) std::fill_n(arg, d, Offset{-1});
    for (Offset e = begin; e < end; ++e) {
      const Real* source = x.data() + a.columns[e] * d;
      const Real value = a.values.empty() ? 1 : a.values[e];
      for (Offset k = 0; k < d; ++k)
        if (value * source[k] > best[k]) {
          best[k] = value * source[k];
          if (arg) arg[k] = e;
        }
    }
  }
}

void divide_by_entries(const CsrView& a, Matrix& out, Offset first, Offset last) {
  for (Offset row = first; row < last; ++row) {
    const Offset entries = a.offsets[row + 1] - a.offsets[row];
    if (entries > 1)
      for (Real& v : out.row(row)) v /= static_cast<Real>(entries);
  }
}

}  // namespace

void parallel_rows(const CsrView& a, Offset entries, void* state, void (*body)(void*, Offset, Offset)) {
  // An entry and a row end cost about the same: blocks are equal in entries + rows.
  const Offset work = a.nonzeros() + a.rows, blocks = std::max<Offset>(1, (work + entries - 1) / entries);
  auto boundary = [&](Offset block) -> Offset {
    if (block >= blocks) return a.rows;
    Offset low = 0, high = a.rows;
    while (low < high) {
      const Offset mid = (low + high) / 2;
      if (a.offsets[mid] + mid < block * entries)
        low = mid + 1;
      else
        high = mid;
    }
    return low;
  };
  parallel_blocks(blocks, [&](Offset block) {
    const Offset begin = boundary(block), end = boundary(block + 1);
    if (begin < end) body(state, begin, end);
  });
}

void spmm(const CsrView& a, const Matrix& x, Matrix& out, Reduce reduce, std::span<Offset> arg_max) {
  expect(a.cols == x.rows(), "spmm: columns of the sparse matrix are rows of the dense one");
  expect(out.rows() == a.rows && out.cols() == x.cols(), "spmm: the result is [n, d]");
  expect(arg_max.empty() || static_cast<Offset>(arg_max.size()) == out.size(), "spmm: arg_max is [n, d]");
  const Offset entries = std::max<Offset>(64, 65536 / std::max<Offset>(1, x.cols()));
  parallel_rows(a, entries, [&](Offset begin, Offset end) {
    if (reduce == Reduce::max) return max_rows(a, x, out, arg_max, begin, end);
    if (a.values.empty())
      sum_rows<false>(a, x, out, begin, end);
    else
      sum_rows<true>(a, x, out, begin, end);
    if (reduce == Reduce::mean) divide_by_entries(a, out, begin, end);
  });
}

void sddmm(const CsrView& a, const Matrix& x, const Matrix& y, std::span<Real> values) {
  expect(x.rows() == a.rows && y.rows() == a.cols && x.cols() == y.cols(), "sddmm: x [n, d], y [m, d]");
  expect(static_cast<Offset>(values.size()) == a.nonzeros(), "sddmm: a value per entry");
  const Offset d = x.cols();
  parallel_rows(a, std::max<Offset>(64, 65536 / std::max<Offset>(1, d)), [&](Offset begin, Offset end) {
    for (Offset row = begin; row < end; ++row)
      for (Offset e = a.offsets[row]; e < a.offsets[row + 1]; ++e) {
        const Real* left = x.data() + row * d;
        const Real* right = y.data() + a.columns[e] * d;
        Real sum = 0;
        for (Offset k = 0; k < d; ++k) sum += left[k] * right[k];
        values[e] = sum;
      }
  });
}

}  // namespace pfm
