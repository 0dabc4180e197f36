#include <pfm/kernels/edges.h>
#include <pfm/kernels/exponential.h>
#include <pfm/kernels/rows.h>
#include <pfm/kernels/spmm.h>

#include <algorithm>
#include <limits>

namespace pfm {
namespace {

Offset entries_per_block(Offset width) { return std::max<Offset>(64, 65536 / std::max<Offset>(1, width)); }

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

template <class Channels>
Real dot(const Real* x, const Real* y, Channels c) {
  Real sum = 0;
  for (Offset i = 0; i < c; ++i) sum += x[i] * y[i];
  return sum;
}

// The entries of rows [begin, end).
template <class Body>
void for_entries(const CsrView& a, Offset begin, Offset end, Body body) {
  for (Offset row = begin; row < end; ++row)
    for (Offset e = a.offsets[row]; e < a.offsets[row + 1]; ++e) body(row, Offset(a.columns[e]), e);
}

// Rows [begin, end) of weighted_sums.
void sum_rows(const CsrView& a, const Matrix& values, const Matrix& x, std::span<const Offset> order, Matrix& out,
              Offset begin, Offset end) {
  const Offset heads = values.cols();
  std::fill(out.data() + begin * out.cols(), out.data() + end * out.cols(), Real(0));
  with_channels(x.cols() / heads, [&](auto c) {
    for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
      const Real* value = values.data() + (order.empty() ? e : order[e]) * heads;
      Real* to = out.data() + i * out.cols();
      const Real* from = x.data() + j * x.cols();
      for (Offset k = 0; k < heads; ++k)
        for (Offset i_c = 0; i_c < c; ++i_c) to[k * c + i_c] += value[k] * from[k * c + i_c];
    });
  });
}

// Rows [begin, end) of edge_dots.
void dot_rows(const CsrView& a, const Matrix& x, const Matrix& y, Matrix& dots, Offset begin, Offset end) {
  const Offset heads = dots.cols();
  with_channels(x.cols() / heads, [&](auto c) {
    for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
      const Real *left = x.data() + i * x.cols(), *right = y.data() + j * y.cols();
      for (Offset k = 0; k < heads; ++k) dots(e, k) = dot(left + k * c, right + k * c, c);
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
  std::vector<Real> sum(heads);
  for (Offset i = begin; i < end; ++i) {
    std::ranges::fill(sum, Real(0));
    for_entries(a, i, i + 1, [&](Offset, Offset, Offset e) {
      for (Offset k = 0; k < heads; ++k) sum[k] += scores(e, k) *= kept(result)(e, k);
    });
    for_entries(a, i, i + 1, [&](Offset, Offset, Offset e) {
      for (Offset k = 0; k < heads; ++k) scores(e, k) -= result.alpha(e, k) * sum[k];
    });
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

static Real additive(const AdditiveScore& s, Offset i, Offset j, Offset e, Offset k) {
  return s.source(j, k) + s.target(i, k) + (s.edge ? (*s.edge)(e, k) : 0);
}

Attention attend(const CsrView& a, const AdditiveScore& score, const Matrix& x,
                 const std::optional<AttentionDropout>& dropout) {
  const Offset heads = score.source.cols();
  expect(score.source.rows() == a.cols && score.target.rows() == a.rows && score.target.cols() == heads,
         "attend: source [m, h], target [n, h]");
  expect(!score.edge || (score.edge->rows() == a.nonzeros() && score.edge->cols() == heads), "attend: edge [E, h]");
  return attend(a, heads, x, dropout, [&](Matrix& alpha, Offset begin, Offset end) {
    for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
      for (Offset k = 0; k < heads; ++k) alpha(e, k) = leaky(additive(score, i, j, e, k), score.slope);
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
    for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
      for (Offset k = 0; k < heads; ++k) {
        if (additive(score, i, j, e, k) <= 0) g.edge(e, k) *= score.slope;
        g.target(i, k) += g.edge(e, k);
      }
    });
  });
  g.source = edge_sums(transpose, g.edge, order);
  g.x = weighted_sums(transpose, kept(result), grad, order);
  return g;
}

// before(i, j, e, t): what enters the activation of channel t.
static Real dynamic(const DynamicScore& s, Offset i, Offset j, Offset e, Offset t) {
  return s.source(j, t) + s.target(i, t) + (s.edge ? (*s.edge)(e, t) : 0);
}

Attention attend(const CsrView& a, const DynamicScore& score, const Matrix& x, Offset heads,
                 const std::optional<AttentionDropout>& dropout) {
  const Offset width = score.att.cols(), channels = width / std::max<Offset>(1, heads);
  expect(score.source.rows() == a.cols && score.target.rows() == a.rows && score.source.cols() == width &&
             score.target.cols() == width && width == x.cols(),
         "attend: source [m, h c], target [n, h c], att [1, h c]");
  expect(!score.edge || (score.edge->rows() == a.nonzeros() && score.edge->cols() == width), "attend: edge [E, h c]");
  return attend(a, heads, x, dropout, [&](Matrix& alpha, Offset begin, Offset end) {
    for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
      for (Offset k = 0; k < heads; ++k) {
        Real sum = 0;
        for (Offset t = k * channels; t < (k + 1) * channels; ++t)
          sum += score.att(0, t) * leaky(dynamic(score, i, j, e, t), score.slope);
        alpha(e, k) = sum;
      }
    });
  });
}

DynamicGradients attend_gradients(const CsrView& a, const CsrView& transpose, std::span<const Offset> order,
                                  const DynamicScore& score, const Matrix& x, const Attention& result,
                                  const Matrix& grad) {
  const Offset heads = result.alpha.cols(), width = x.cols(), channels = width / heads;
  Matrix scores(a.nonzeros(), heads), att = Matrix::zeros(a.rows, width);
  DynamicGradients g{Matrix::zeros(a.cols, width), Matrix::zeros(a.rows, width), {}, {}, {}};
  if (score.edge) g.edge = Matrix(a.nonzeros(), width);
  parallel_rows(a, entries_per_block(width), [&](Offset begin, Offset end) {
    score_gradient_rows(a, x, result, grad, scores, begin, end);
    for_entries(a, begin, end, [&](Offset i, Offset j, Offset e) {
      for (Offset t = 0; t < width; ++t) {
        const Real before = dynamic(score, i, j, e, t), change = scores(e, t / channels);
        const Real through = change * score.att(0, t) * (before > 0 ? 1 : score.slope);
        g.target(i, t) += through;
        att(i, t) += change * leaky(before, score.slope);
        if (score.edge) g.edge(e, t) = through;
      }
    });
  });
  parallel_rows(transpose, entries_per_block(width), [&](Offset begin, Offset end) {
    for_entries(transpose, begin, end, [&](Offset j, Offset i, Offset place) {
      const Offset e = order[place];
      for (Offset t = 0; t < width; ++t)
        g.source(j, t) +=
            scores(e, t / channels) * score.att(0, t) * (dynamic(score, i, j, e, t) > 0 ? 1 : score.slope);
    });
  });
  g.att = column_sums(att);
  g.x = weighted_sums(transpose, kept(result), grad, order);
  return g;
}

}  // namespace pfm
