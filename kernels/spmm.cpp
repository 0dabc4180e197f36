#include <pfm/kernels/parallel.h>
#include <pfm/kernels/spmm.h>
#include <pfm/kernels/vector.h>

#include <algorithm>
#include <type_traits>

namespace pfm {
namespace {

constexpr Offset in_cache = Offset{1} << 20;  // dense operands up to here come from cache: prefetch would only cost
constexpr Offset lines_ahead = 96;            // cache lines between prefetch and use
constexpr Offset numbers_a_task = 1 << 16;    // entries x columns

// One call's operands; rows of x and out are d numbers apart.
struct Operands {
  const CsrView& a;
  const Real* x;
  Real* out;
  Offset d;
  bool mean;
  const Real* start = nullptr;  // [d] that every row starts from, or none: zeros
  Real own = 0;                 // times its row of x is added to each of the first own_rows rows
  Offset own_rows = 0;
};

// Asks for the piece of x that entry e + ahead will read.
template <int vectors>
inline void fetch(const Operands& p, const Real* x, Offset e, Offset ahead) {
  const Offset later = std::min(e + ahead, p.a.nonzeros() - 1);
  const Real* piece = x + p.a.columns[later] * p.d;
  for (int v = 0; v < vectors; ++v) __builtin_prefetch(piece + v * WideLanes::count);
}

// Columns [from, from + vectors * lanes) of rows [first, last), kept in registers until a row is done.
template <bool weighted, bool far, class L, int vectors>
void sum_columns(const Operands& p, Offset from, Offset first, Offset last) {
  const NodeId* columns = p.a.columns.data();
  const Real* values = p.a.values.data();
  const Real* x = p.x + from;
  constexpr Offset ahead = std::max<Offset>(4, lines_ahead / vectors);
  Offset e = p.a.offsets[first];
  for (Offset row = first; row < last; ++row) {
    typename L::Type sum[vectors] = {};
    if (p.start)
      for (int v = 0; v < vectors; ++v) sum[v] = at<L>(p.start + from + v * L::count).v;
    const Offset begin = e, end = p.a.offsets[row + 1];
    for (; e < end; ++e) {
      if constexpr (far) fetch<vectors>(p, x, e, ahead);
      const Real* source = x + columns[e] * p.d;
#pragma GCC unroll 16
      for (int v = 0; v < vectors; ++v)
        if constexpr (weighted)
          sum[v] += values[e] * at<L>(source + v * L::count).v;
        else
          sum[v] += at<L>(source + v * L::count).v;
    }
    if (p.mean && end - begin > 1) {
      const Real entries = static_cast<Real>(end - begin);
      for (int v = 0; v < vectors; ++v) sum[v] /= entries;
    }
    if (row < p.own_rows)
      for (int v = 0; v < vectors; ++v) sum[v] += p.own * at<L>(x + row * p.d + v * L::count).v;
#pragma GCC unroll 16
    for (int v = 0; v < vectors; ++v) at<L>(p.out + row * p.d + from + v * L::count).v = sum[v];
  }
}

// The widest tiles first; what is narrower than a vector at the end is done by one that overlaps its neighbour, which
// writes the same bits again.
template <bool weighted, bool far, class L, int vectors>
void sum_tiles(const Operands& p, Offset from, Offset first, Offset last) {
  constexpr Offset width = vectors * L::count;
  for (; from + width <= p.d; from += width) sum_columns<weighted, far, L, vectors>(p, from, first, last);
  if (from == p.d) return;
  if constexpr (vectors > 1)
    sum_tiles<weighted, far, L, vectors / 2>(p, from, first, last);
  else
    sum_columns<weighted, far, L, 1>(p, p.d - L::count, first, last);
}

template <bool weighted, bool far>
void sum_rows(const Operands& p, Offset first, Offset last) {
  constexpr int widest = vector_registers / 2;
  // A row of several tiles is finished before the next begins: what its tiles read lies side by side.
  const Offset rows = p.d > widest * WideLanes::count ? 1 : last - first;
  if (p.d >= WideLanes::count)
    for (; first < last; first += rows) sum_tiles<weighted, far, WideLanes, widest>(p, 0, first, first + rows);
  else if (p.d >= NarrowLanes::count)
    sum_tiles<weighted, far, NarrowLanes, 4>(p, 0, first, last);
  else
    sum_tiles<weighted, far, Lanes<1>, 1>(p, 0, first, last);
}

// The first of equal entries wins.
void max_rows(const Operands& p, std::span<Offset> arg_max, Offset first, Offset last) {
  const CsrView& a = p.a;
  for (Offset row = first; row < last; ++row) {
    const Offset begin = a.offsets[row], end = a.offsets[row + 1];
    Real* best = p.out + row * p.d;
    Offset* arg = arg_max.empty() ? nullptr : arg_max.data() + row * p.d;
    if (arg) std::fill_n(arg, p.d, begin == end ? Offset{-1} : begin);
    if (begin == end) std::fill_n(best, p.d, Real{0});
    for (Offset e = begin; e < end; ++e) {
      const Real* source = p.x + a.columns[e] * p.d;
      const Real value = a.values.empty() ? 1 : a.values[e];
      if (e == begin)
        for (Offset k = 0; k < p.d; ++k) best[k] = value * source[k];
      else if (arg)
        for (Offset k = 0; k < p.d; ++k) {
          const Real candidate = value * source[k];
          arg[k] = candidate > best[k] ? e : arg[k];
          best[k] = candidate > best[k] ? candidate : best[k];
        }
      else
        for (Offset k = 0; k < p.d; ++k) best[k] = value * source[k] > best[k] ? value * source[k] : best[k];
    }
  }
}

Real dot(const Real* left, const Real* right, Offset d) {
  constexpr int chains = 4;
  constexpr Offset lanes = WideLanes::count;
  WideLanes::Type sum[chains] = {};
  Offset k = 0;
  for (; k + chains * lanes <= d; k += chains * lanes)
    for (int c = 0; c < chains; ++c)
      sum[c] += at<WideLanes>(left + k + c * lanes).v * at<WideLanes>(right + k + c * lanes).v;
  for (; k + lanes <= d; k += lanes) sum[0] += at<WideLanes>(left + k).v * at<WideLanes>(right + k).v;
  sum[0] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  Real total = 0;
  for (Offset l = 0; l < lanes; ++l) total += sum[0][l];
  for (; k < d; ++k) total += left[k] * right[k];
  return total;
}

Offset entries_a_task(Offset d) { return std::max<Offset>(64, numbers_a_task / std::max<Offset>(1, d)); }

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

static void checked_shapes(const CsrView& a, const Matrix& x, const Matrix& out) {
  expect(a.cols == x.rows(), "spmm: columns of the sparse matrix are rows of the dense one");
  expect(out.rows() == a.rows && out.cols() == x.cols(), "spmm: the result is [n, d]");
}

static void sum_all_rows(const Operands& p) {
  const bool far = p.a.cols * p.d * Offset{sizeof(Real)} > in_cache, weighted = !p.a.values.empty();
  const auto sum = weighted ? (far ? sum_rows<true, true> : sum_rows<true, false>)
                            : (far ? sum_rows<false, true> : sum_rows<false, false>);
  parallel_rows(p.a, entries_a_task(p.d), [&](Offset begin, Offset end) { sum(p, begin, end); });
}

void spmm(const CsrView& a, const Matrix& x, Matrix& out, Reduce reduce, std::span<Offset> arg_max) {
  checked_shapes(a, x, out);
  expect(arg_max.empty() || static_cast<Offset>(arg_max.size()) == out.size(), "spmm: arg_max is [n, d]");
  if (out.empty()) return;
  const Operands p{a, x.data(), out.data(), x.cols(), reduce == Reduce::mean};
  if (reduce != Reduce::max) return sum_all_rows(p);
  parallel_rows(a, entries_a_task(p.d), [&](Offset begin, Offset end) { max_rows(p, arg_max, begin, end); });
}

void spmm_from(const Matrix& start, const CsrView& a, const Matrix& x, Matrix& out) {
  checked_shapes(a, x, out);
  expect(start.size() == x.cols(), "spmm_from: start is [1, d]");
  if (!out.empty()) sum_all_rows({a, x.data(), out.data(), x.cols(), false, start.data()});
}

void spmm_with_own(Real own, const CsrView& a, const Matrix& x, Matrix& out) {
  checked_shapes(a, x, out);
  if (!out.empty()) sum_all_rows({a, x.data(), out.data(), x.cols(), false, nullptr, own, std::min(a.rows, a.cols)});
}

void sddmm(const CsrView& a, const Matrix& x, const Matrix& y, std::span<Real> values) {
  expect(x.rows() == a.rows && y.rows() == a.cols && x.cols() == y.cols(), "sddmm: x [n, d], y [m, d]");
  expect(static_cast<Offset>(values.size()) == a.nonzeros(), "sddmm: a value per entry");
  const Offset d = x.cols();
  parallel_rows(a, entries_a_task(d), [&](Offset begin, Offset end) {
    for (Offset row = begin; row < end; ++row)
      for (Offset e = a.offsets[row]; e < a.offsets[row + 1]; ++e)
        values[e] = dot(x.data() + row * d, y.data() + a.columns[e] * d, d);
  });
}

}  // namespace pfm
