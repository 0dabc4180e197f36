#include <pfm/kernels/edges.h>
#include <pfm/kernels/exponential.h>
#include <pfm/kernels/rows.h>
#include <pfm/kernels/spmm.h>

#include <algorithm>
#include <cstring>

namespace pfm {
namespace {

Offset entries_per_block(Offset width) { return std::max<Offset>(64, 65536 / std::max<Offset>(1, width)); }

// 32 bytes at a time; the compilers' own vectoriser does not see through heads of channels.
constexpr Offset lanes = 32 / Offset{sizeof(Real)};
typedef Real Lanes __attribute__((vector_size(32)));

inline Lanes load(const Real* from) {
  Lanes v;
  std::memcpy(&v, from, sizeof v);
  return v;
}

// body(c) with the channels of a head as a constant where they are a usual number, so that loops over them unroll.
template <class Body>
void with_channels(Offset channels, Body body) {
  switch (channels) {
    case 8:
      return body(std::integral_constant<Offset, 8>());
    case 16:
      return body(std::integral_constant<Offset, 16>());
    case 32:
      return body(std::integral_constant<Offset, 32>());
    case 64:
      return body(std::integral_constant<Offset, 64>());
    default:
      return body(channels);
  }
}

// Sums of products by lanes, lanes added pairwise.
template <class Channels>
Real dot(const Real* x, const Real* y, Channels c) {
  const Offset whole = c / lanes * lanes;
  Lanes sum = {};
  for (Offset t = 0; t < whole; t += lanes) sum += load(x + t) * load(y + t);
  Real rest = 0;
  for (Offset t = whole; t < c; ++t) rest += x[t] * y[t];
  for (Offset half = lanes / 2; half > 0; half /= 2)
    for (Offset l = 0; l < half; ++l) sum[l] += sum[l + half];
  return sum[0] + rest;
}

// The entries of rows [begin, end).
template <class Body>
void for_entries(const CsrView& a, Offset begin, Offset end, Body body) {
  for (Offset row = begin; row < end; ++row)
    for (Offset e = a.offsets[row]; e < a.offsets[row + 1]; ++e) body(row, Offset(a.columns[e]), e);
}

// Columns [from, from + vectors * lanes) of one row of weighted_sums, in registers; c is a multiple of lanes.
template <Offset vectors>
void sum_tile(const CsrView& a, Offset row, const Matrix& values, const Matrix& x, std::span<const Offset> order,
              Real* out, Offset from, Offset c) {
  Lanes sum[vectors] = {};
  Offset head[vectors];
  for (Offset v = 0; v < vectors; ++v) head[v] = (from + v * lanes) / c;
  for (Offset e = a.offsets[row]; e < a.offsets[row + 1]; ++e) {
    const Real* value = values.data() + (order.empty() ? e : order[e]) * values.cols();
    const Real* source = x.data() + a.columns[e] * x.cols() + from;
    for (Offset v = 0; v < vectors; ++v) sum[v] += value[head[v]] * load(source + v * lanes);
  }
  std::memcpy(out + from, sum, sizeof sum);
}

// One row of weighted_sums, any number of channels.
void sum_any(const CsrView& a, Offset row, const Matrix& values, const Matrix& x, std::span<const Offset> order,
             Real* __restrict out, Offset c) {
  const Offset heads = values.cols();
  std::fill_n(out, heads * c, Real(0));
  for (Offset e = a.offsets[row]; e < a.offsets[row + 1]; ++e) {
    const Real* value = values.data() + (order.empty() ? e : order[e]) * heads;
    const Real* from = x.data() + a.columns[e] * x.cols();
    for (Offset k = 0; k < heads; ++k) {
      const Real weight = value[k];
      for (Offset t = k * c; t < (k + 1) * c; ++t) out[t] += weight * from[t];
    }
  }
}

// Rows [begin, end) of weighted_sums.
void sum_rows(const CsrView& a, const Matrix& values, const Matrix& x, std::span<const Offset> order, Matrix& out,
              Offset begin, Offset end) {
  const Offset width = x.cols(), c = width / values.cols();
  for (Offset row = begin; row < end; ++row) {
    Real* to = out.data() + row * width;
    if (c % lanes != 0) {
      sum_any(a, row, values, x, order, to, c);
      continue;
    }
    Offset from = 0;
    for (; from + 8 * lanes <= width; from += 8 * lanes) sum_tile<8>(a, row, values, x, order, to, from, c);
    for (; from < width; from += lanes) sum_tile<1>(a, row, values, x, order, to, from, c);
  }
}

// Rows [begin, end) of edge_dots.
void dot_rows(const CsrView& a, const Matrix& x, const Matrix& y, Matrix& dots, Offset begin, Offset end) {
  const Offset heads = dots.cols();
  with_channels(x.cols() / heads, [&](auto c) {
    for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
      const Real *left = x.data() + i * x.cols(), *right = y.data() + j * y.cols();
      Real* to = dots.data() + e * heads;
      for (Offset k = 0; k < heads; ++k) to[k] = dot(left + k * c, right + k * c, c);
    });
  });
}

// Softmax of each column over the entries of one row, in place: maximum subtracted.
void softmax_row(Real* scores, Offset entries, Offset heads, std::vector<Real>& scratch) {
  if (entries == 0) return;
  scratch.assign(2 * heads, 0);
  Real *top = scratch.data(), *sum = top + heads;
  std::copy_n(scores, heads, top);
  for (Offset e = 1; e < entries; ++e)
    for (Offset k = 0; k < heads; ++k) top[k] = std::max(top[k], scores[e * heads + k]);
  for (Offset e = 0; e < entries; ++e)
    for (Offset k = 0; k < heads; ++k) scores[e * heads + k] -= top[k];
  for (Offset t = 0; t < entries * heads; ++t) scores[t] = exponential(scores[t]);
  for (Offset e = 0; e < entries; ++e)
    for (Offset k = 0; k < heads; ++k) sum[k] += scores[e * heads + k];
  for (Offset e = 0; e < entries; ++e)
    for (Offset k = 0; k < heads; ++k) scores[e * heads + k] /= sum[k];  // the largest term is 1, so sum >= 1
}

void drop_entries(const AttentionDropout& dropout, const Matrix& alpha, Matrix& kept, Offset begin, Offset end) {
  const Real scale = 1 / (1 - dropout.rate);
  for (Offset t = begin * alpha.cols(); t < end * alpha.cols(); ++t)
    kept.data()[t] = dropout.rng.uniform(std::uint64_t(t)) < dropout.rate ? 0 : scale * alpha.data()[t];
}

// fill(begin, end) writes the scores of rows [begin, end) into result.alpha.
template <class Fill>
Attention attend(const CsrView& a, Offset heads, const Matrix& x, const std::optional<AttentionDropout>& dropout,
                 Fill fill) {
  expect(a.cols == x.rows() && heads > 0 && x.cols() % heads == 0, "attend: x [m, h c]");
  Attention result{Matrix(a.rows, x.cols()), Matrix(a.nonzeros(), heads), {}};
  if (dropout) result.kept = Matrix(a.nonzeros(), heads);
  parallel_rows(a, entries_per_block(x.cols()), [&](Offset begin, Offset end) {
    fill(result.alpha, begin, end);
    std::vector<Real> scratch;
    for (Offset i = begin; i < end; ++i)
      softmax_row(result.alpha.data() + a.offsets[i] * heads, a.offsets[i + 1] - a.offsets[i], heads, scratch);
    if (dropout) drop_entries(*dropout, result.alpha, result.kept, a.offsets[begin], a.offsets[end]);
    sum_rows(a, dropout ? result.kept : result.alpha, x, {}, result.out, begin, end);
  });
  return result;
}

const Matrix& kept(const Attention& result) { return result.kept.empty() ? result.alpha : result.kept; }

// Gradient of the scores of rows [begin, end): with d(e) = grad[i] . x[j] and D(i) = sum of kept(e) d(e),
// kept(e) d(e) - alpha(e) D(i). `scores` [E, h].
void score_gradient_rows(const CsrView& a, const Matrix& x, const Attention& result, const Matrix& grad, Matrix& scores,
                         Offset begin, Offset end) {
  const Offset heads = scores.cols();
  dot_rows(a, grad, x, scores, begin, end);
  std::vector<Real> sums(heads);
  for (Offset i = begin; i < end; ++i) {
    Real* __restrict sum = sums.data();
    std::fill_n(sum, heads, Real(0));
    for (Offset e = a.offsets[i]; e < a.offsets[i + 1]; ++e) {
      Real* __restrict score = scores.data() + e * heads;
      const Real* weight = kept(result).data() + e * heads;
      for (Offset k = 0; k < heads; ++k) sum[k] += score[k] *= weight[k];
    }
    for (Offset e = a.offsets[i]; e < a.offsets[i + 1]; ++e) {
      Real* __restrict score = scores.data() + e * heads;
      const Real* alpha = result.alpha.data() + e * heads;
      for (Offset k = 0; k < heads; ++k) score[k] -= alpha[k] * sum[k];
    }
  }
}

Real leaky(Real x, Real slope) { return x > 0 ? x : slope * x; }

}  // namespace

Matrix weighted_sums(const CsrView& a, const Matrix& values, const Matrix& x, std::span<const Offset> order) {
  expect(values.rows() == a.nonzeros() && x.rows() == a.cols, "weighted_sums: values [E, h], x [m, h c]");
  expect(values.cols() > 0 && x.cols() % values.cols() == 0, "weighted_sums: heads divide the columns");
  Matrix out(a.rows, x.cols());
  parallel_rows(a, entries_per_block(x.cols()),
                [&](Offset begin, Offset end) { sum_rows(a, values, x, order, out, begin, end); });
  return out;
}

Matrix edge_dots(const CsrView& a, const Matrix& x, const Matrix& y, Offset heads) {
  expect(x.rows() == a.rows && y.rows() == a.cols && x.cols() == y.cols(), "edge_dots: x [n, h c], y [m, h c]");
  expect(heads > 0 && x.cols() % heads == 0, "edge_dots: heads divide the columns");
  Matrix dots(a.nonzeros(), heads);
  parallel_rows(a, entries_per_block(x.cols()), [&](Offset begin, Offset end) { dot_rows(a, x, y, dots, begin, end); });
  return dots;
}

Matrix edge_sums(const CsrView& a, const Matrix& rows, std::span<const Offset> order) {
  expect(rows.rows() == a.nonzeros(), "edge_sums: a row per entry");
  Matrix out = Matrix::zeros(a.rows, rows.cols());
  parallel_rows(a, entries_per_block(rows.cols()), [&](Offset begin, Offset end) {
    for_entries(a, begin, end, [&](Offset i, Offset, Offset e) {
      const Real* from = rows.data() + (order.empty() ? e : order[e]) * rows.cols();
      Real* to = out.data() + i * rows.cols();
      for (Offset k = 0; k < rows.cols(); ++k) to[k] += from[k];
    });
  });
  return out;
}

// What enters the activation: source[j] + target[i] (+ edge[e]), `width` numbers each.
template <class Score>
void add_ends(const Score& s, Offset i, Offset j, Offset e, Real* __restrict before) {
  const Offset width = s.target.cols();
  const Real *source = s.source.data() + j * width, *target = s.target.data() + i * width;
  for (Offset t = 0; t < width; ++t) before[t] = source[t] + target[t];
  if (!s.edge) return;
  const Real* edge = s.edge->data() + e * width;
  for (Offset t = 0; t < width; ++t) before[t] += edge[t];
}

Attention attend(const CsrView& a, const AdditiveScore& score, const Matrix& x,
                 const std::optional<AttentionDropout>& dropout) {
  const Offset heads = score.source.cols();
  expect(score.source.rows() == a.cols && score.target.rows() == a.rows && score.target.cols() == heads,
         "attend: source [m, h], target [n, h]");
  expect(!score.edge || (score.edge->rows() == a.nonzeros() && score.edge->cols() == heads), "attend: edge [E, h]");
  return attend(a, heads, x, dropout, [&](Matrix& alpha, Offset begin, Offset end) {
    for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
      Real* scores = alpha.data() + e * heads;
      add_ends(score, i, j, e, scores);
      for (Offset k = 0; k < heads; ++k) scores[k] = leaky(scores[k], score.slope);
    });
  });
}

AdditiveGradients attend_gradients(const CsrView& a, const CsrView& transpose, std::span<const Offset> order,
                                   const AdditiveScore& score, const Matrix& x, const Attention& result,
                                   const Matrix& grad) {
  const Offset heads = result.alpha.cols();
  AdditiveGradients g{{}, Matrix::zeros(a.rows, heads), Matrix(a.nonzeros(), heads), {}};
  parallel_rows(a, entries_per_block(x.cols()), [&](Offset begin, Offset end) {
    score_gradient_rows(a, x, result, grad, g.edge, begin, end);
    std::vector<Real> before(heads);
    for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
      add_ends(score, i, j, e, before.data());
      Real* __restrict through = g.edge.data() + e * heads;
      Real* __restrict target = g.target.data() + i * heads;
      for (Offset k = 0; k < heads; ++k) {
        through[k] *= before[k] > 0 ? 1 : score.slope;
        target[k] += through[k];
      }
    });
  });
  g.source = edge_sums(transpose, g.edge, order);
  g.x = weighted_sums(transpose, kept(result), grad, order);
  return g;
}

Attention attend(const CsrView& a, const DynamicScore& score, const Matrix& x, Offset heads,
                 const std::optional<AttentionDropout>& dropout) {
  const Offset width = score.att.cols(), channels = width / std::max<Offset>(1, heads);
  expect(score.source.rows() == a.cols && score.target.rows() == a.rows && score.source.cols() == width &&
             score.target.cols() == width && width == x.cols(),
         "attend: source [m, h c], target [n, h c], att [1, h c]");
  expect(!score.edge || (score.edge->rows() == a.nonzeros() && score.edge->cols() == width), "attend: edge [E, h c]");
  return attend(a, heads, x, dropout, [&](Matrix& alpha, Offset begin, Offset end) {
    std::vector<Real> row(width);
    with_channels(channels, [&](auto c) {
      for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
        add_ends(score, i, j, e, row.data());
        for (Real& v : row) v = leaky(v, score.slope);
        for (Offset k = 0; k < heads; ++k) alpha(e, k) = dot(score.att.data() + k * c, row.data() + k * c, c);
      });
    });
  });
}

// Per entry, from before = source[j] + target[i] (+ edge[e]) and the score's gradient: d score / d before = att times
// the activation's slope.
template <class Channels>
static void through_score(const DynamicScore& s, const Real* __restrict scores, const Real* __restrict before,
                          Real* __restrict through, Channels c) {
  const Real* __restrict att = s.att.data();
  for (Offset k = 0; k < s.att.cols() / c; ++k) {
    const Real change = scores[k], below = change * s.slope;
    for (Offset t = k * c; t < (k + 1) * c; ++t) through[t] = (before[t] > 0 ? change : below) * att[t];
  }
}

DynamicGradients attend_gradients(const CsrView& a, const CsrView& transpose, std::span<const Offset> order,
                                  const DynamicScore& score, const Matrix& x, const Attention& result,
                                  const Matrix& grad) {
  const Offset heads = result.alpha.cols(), width = x.cols();
  Matrix scores(a.nonzeros(), heads), att = Matrix::zeros(a.rows, width);
  DynamicGradients g{Matrix::zeros(a.cols, width), Matrix::zeros(a.rows, width), {}, {}, {}};
  if (score.edge) g.edge = Matrix(a.nonzeros(), width);
  auto add = [width](Real* __restrict to, const Real* __restrict from) {
    for (Offset t = 0; t < width; ++t) to[t] += from[t];
  };
  with_channels(width / heads, [&](auto c) {
    parallel_rows(a, entries_per_block(width), [&](Offset begin, Offset end) {
      score_gradient_rows(a, x, result, grad, scores, begin, end);
      std::vector<Real> before(width), through(width);
      for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
        const Real* change = scores.data() + e * heads;
        add_ends(score, i, j, e, before.data());
        through_score(score, change, before.data(), through.data(), c);
        add(g.target.data() + i * width, through.data());
        if (score.edge) std::ranges::copy(through, g.edge.row(e).begin());
        for (Offset k = 0; k < heads; ++k)
          for (Offset t = k * c; t < (k + 1) * c; ++t) through[t] = change[k] * leaky(before[t], score.slope);
        add(att.data() + i * width, through.data());
      });
    });
    parallel_rows(transpose, entries_per_block(width), [&](Offset begin, Offset end) {
      std::vector<Real> before(width), through(width);
      for_entries(transpose, begin, end, [&](Offset j, Offset i, Offset place) {
        add_ends(score, i, j, order[place], before.data());
        through_score(score, scores.data() + order[place] * heads, before.data(), through.data(), c);
        add(g.source.data() + j * width, through.data());
      });
    });
  });
  g.att = column_sums(att);
  g.x = weighted_sums(transpose, kept(result), grad, order);
  return g;
}

}  // namespace pfm
