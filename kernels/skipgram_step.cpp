#include <pfm/kernels/exponential.h>
#include <pfm/kernels/skipgram_step.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

constexpr int most = StepOutputs::most;
constexpr int lanes = int(WideLanes::count);
constexpr int tile = std::max(1, lanes / most);  // inputs whose products with all outputs fill one vector
using Vector = WideLanes::Type;

// Sums across vectors, as many at once as a vector has lanes. fold<s> halves groups of 2 s lanes of x and of y and lays
// the halves side by side, x's and y's in turn.
constexpr int upper(int s, int j) { return j / (2 * s) * 2 * s + (j % (2 * s) < s ? j % s : lanes + j % s); }

template <int s, std::size_t... j>
inline void fold(const Vector& x, const Vector& y, Vector& sum, std::index_sequence<j...>) {
  sum = __builtin_shufflevector(x, y, upper(s, int(j))...) + __builtin_shufflevector(x, y, (upper(s, int(j)) + s)...);
}

// sum[i] = the sum over the lanes of v[i].
template <int step = 1>
inline void sums(const Vector* v, Vector& sum) {
  if constexpr (step == lanes) {
    sum = v[0];
  } else {
    Vector even, odd;
    sums<2 * step>(v, even), sums<2 * step>(v + step, odd);
    fold<step>(even, odd, sum, std::make_index_sequence<std::size_t(lanes)>());
  }
}

// products[i][j] = input i . output j, for a tile of inputs.
template <int n>
inline void multiply(const Real* const* a, const StepOutputs& b, Offset width, Real* products) {
  Vector sum[tile * most] = {};
  for (Offset k = 0; k < width; k += lanes) {
    Vector row[tile];
#pragma GCC unroll 8
    for (int i = 0; i < tile; ++i) row[i] = at<WideLanes>(a[i] + k).v;
#pragma GCC unroll 8
    for (int j = 0; j < n; ++j) {
      const Vector other = at<WideLanes>(b.rows[std::size_t(j)] + k).v;
#pragma GCC unroll 8
      for (int i = 0; i < tile; ++i) sum[i * most + j] += row[i] * other;
    }
  }
#pragma GCC unroll 8
  for (int t = 0; t < tile * most; t += lanes) {
    Vector total;
    sums(sum + t, total);
    at<WideLanes>(products + t).v = total;
  }
}

// The first `count` products become G; returns their loss. What fills the last vector counts nothing.
double differentiate(Real* products, std::size_t count, const StepOutputs& b, Real rate) {
  constexpr std::size_t together = std::size_t(std::max(lanes, most));
  Real loss[together] = {}, labels[together], weights[together];
  for (std::size_t j = 0; j < together; ++j) labels[j] = b.labels[j % most], weights[j] = b.weights[j % most];
  for (std::size_t i = 0; i < count; i += together) {
    if (count - i < together) std::fill(weights + (count - i), weights + together, Real(0));
    for (std::size_t j = 0; j < together; ++j) {
      const Real x = products[i + j], size = x < 0 ? -x : x, e = falling_exponential(-size);
      loss[j] += weights[j] * ((x > 0 ? x : Real(0)) - labels[j] * x + log_one_plus(e));
      products[i + j] = rate * weights[j] * (labels[j] - (x < 0 ? e : Real(1)) / (1 + e));
    }
  }
  return std::accumulate(loss, loss + together, 0.0);
}

template <int n>
inline void change(std::span<Real* const> a, const StepOutputs& b, Offset width, const Real* g) {
  for (Offset k = 0; k < width; k += lanes) {
    Vector before[n], after[n];
#pragma GCC unroll 8
    for (int j = 0; j < n; ++j) before[j] = after[j] = at<WideLanes>(b.rows[std::size_t(j)] + k).v;
    for (std::size_t i = 0; i < a.size(); ++i) {
      const Vector row = at<WideLanes>(a[i] + k).v;
      Vector moved = row;
#pragma GCC unroll 8
      for (int j = 0; j < n; ++j) {
        const Vector scale = Vector{} + g[i * most + std::size_t(j)];
        moved += scale * before[j];
        after[j] += scale * row;
      }
      at<WideLanes>(a[i] + k).v = moved;
    }
#pragma GCC unroll 8
    for (int j = 0; j < n; ++j) at<WideLanes>(b.rows[std::size_t(j)] + k).v = after[j];
  }
}

template <int n>
double step(std::span<Real* const> a, const StepOutputs& b, Offset width, Real rate, std::vector<Real>& work) {
  const std::size_t m = a.size();
  work.resize(std::max(work.size(), (m + tile) * most));
  for (std::size_t i = 0; i < m; i += tile) {
    std::array<const Real*, tile> rows;
    for (std::size_t r = 0; r < tile; ++r) rows[r] = a[std::min(i + r, m - 1)];
    multiply<n>(rows.data(), b, width, work.data() + i * most);
  }
  const double loss = differentiate(work.data(), m * most, b, rate);
  change<n>(a, b, width, work.data());
  return loss;
}

}  // namespace

double skipgram_step(std::span<Real* const> inputs, const StepOutputs& outputs, Offset width, Real rate,
                     std::vector<Real>& work) {
  constexpr decltype(&step<1>) steps[] = {step<1>, step<2>, step<3>, step<4>, step<5>, step<6>, step<7>, step<8>};
  if (inputs.empty() || outputs.count == 0) return 0;
  return steps[outputs.count - 1](inputs, outputs, width, rate, work);
}

}  // namespace pfm
