#include <pfm/kernels/exponential.h>
#include <pfm/kernels/lanes.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

template <class Body>  // body(i) for every row of a matrix of this shape
void each_row(const Matrix& like, Body body) {
  parallel_for(like.rows(), rows_per_block(like.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) body(i);
  });
}

// An optional row [1, k]: its values, or `otherwise` everywhere.
Matrix row_or(const Var& row, Offset k, Real otherwise) {
  expect(!row || (row.rows() == 1 && row.cols() == k), "a norm: scale and shift [1, k]");
  return row ? row.value().clone() : Matrix::filled(1, k, otherwise);
}

std::vector<Var> present(std::initializer_list<Var> vars) {
  std::vector<Var> inputs;
  for (const Var& v : vars)
    if (v) inputs.push_back(v);
  return inputs;
}

}  // namespace

Var softmax(const Var& a) {
  Matrix out = a.value().clone();
  softmax_rows(out);
  // dx = y (dy - y . dy).
  return Var::record(std::move(out), {a}, [a = a.slot()](const Matrix& y, Matrix& grad) {
    const Matrix dots = row_dots(y, grad);
    each_row(grad, [&, k = grad.cols()](Offset i) {
      Real* __restrict g = grad.data() + i * k;
      const Real* __restrict p = y.data() + i * k, dot = dots(i, 0);
      for (Offset j = 0; j < k; ++j) g[j] = p[j] * (g[j] - dot);
    });
    a.accumulate(std::move(grad));
  });
}

Var log_softmax(const Var& a) {
  Matrix out = a.value().clone();
  log_softmax_rows(out);
  // dx = dy - e^y sum dy.
  return Var::record(std::move(out), {a}, [a = a.slot()](const Matrix& y, Matrix& grad) {
    const Matrix sums = row_sums(grad);
    each_row(grad, [&, k = grad.cols()](Offset i) {
      Real* __restrict g = grad.data() + i * k;
      const Real* __restrict p = y.data() + i * k, sum = sums(i, 0);
      for (Offset j = 0; j < k; ++j) g[j] -= falling_exponential(p[j]) * sum;
    });
    a.accumulate(std::move(grad));
  });
}

Var log_sum_exp(const Var& a) {
  // dx = e^(x - y) dy.
  return Var::record(row_log_sum_exp(a.value()), {a}, [a](const Matrix& y, const Matrix& grad) {
    Matrix d(a.rows(), a.cols());
    each_row(d, [&, k = d.cols()](Offset i) {
      Real* __restrict out = d.data() + i * k;
      const Real* __restrict x = a.value().data() + i * k, all = y(i, 0), g = grad(i, 0);
      for (Offset j = 0; j < k; ++j) out[j] = falling_exponential(x[j] - all) * g;
    });
    a.accumulate(std::move(d));
  });
}

Var l2_normalise(const Var& a, Real least) {
  Matrix out = a.value().clone();
  auto norms = std::make_shared<const Matrix>(l2_normalise_rows(out, least));
  // dx = (dy - y (y . dy)) / |x|; below `least` the divisor is a constant.
  return Var::record(std::move(out), {a}, [a = a.slot(), norms, least](const Matrix& y, Matrix& grad) {
    const Matrix dots = row_dots(y, grad);
    each_row(grad, [&, k = grad.cols()](Offset i) {
      const Real norm = (*norms)(i, 0), along = norm < least ? 0 : dots(i, 0), divisor = std::max(norm, least);
      Real* __restrict g = grad.data() + i * k;
      const Real* __restrict p = y.data() + i * k;
      for (Offset j = 0; j < k; ++j) g[j] = (g[j] - p[j] * along) / divisor;
    });
    a.accumulate(std::move(grad));
  });
}

namespace {

// What the gradient of rows (x - mean) / deviation needs, kept where it is recorded.
struct UnitRows {
  Matrix unit;     // [n, k]
  Matrix inverse;  // 1 / deviation: [n, 1]

  // With u the unit rows and h = scale dy: dx = (h - mean(h) - u mean(h u)) / deviation, in place of dy.
  void gradient(const Matrix& scale, Matrix& grad) const {
    each_row(grad, [&, k = grad.cols(), f = scale.data()](Offset i) {
      Real* __restrict g = grad.data() + i * k;
      const Real* __restrict u = unit.data() + i * k;
      for (Offset j = 0; j < k; ++j) g[j] *= f[j];
      const Real slope = lane_sum(k, [=](Offset j) { return g[j] * u[j]; }) / Real(k);
      const Real mean = lane_sum(k, [=](Offset j) { return g[j]; }) / Real(k), factor = inverse(i, 0);
      for (Offset j = 0; j < k; ++j) g[j] = (g[j] - mean - u[j] * slope) * factor;
    });
  }
};

// u = (x - mean) / deviation; returns 1 / deviation.
Real standardise(Offset k, const Real* __restrict x, Real* __restrict u, Real epsilon) {
  const Real centre = lane_sum(k, [=](Offset j) { return x[j]; }) / Real(k);
  for (Offset j = 0; j < k; ++j) u[j] = x[j] - centre;
  const Real factor = 1 / std::sqrt(lane_sum(k, [=](Offset j) { return u[j] * u[j]; }) / Real(k) + epsilon);
  for (Offset j = 0; j < k; ++j) u[j] *= factor;
  return factor;
}

}  // namespace

Var layer_norm(const Var& a, const Var& scale, const Var& shift, Real epsilon) {
  return add_norm(a, {}, scale, shift, epsilon);
}

Var add_norm(const Var& a, const Var& change, const Var& scale, const Var& shift, Real epsilon) {
  const Offset n = a.rows(), k = a.cols();
  expect(k > 0, "layer_norm: at least one column");
  expect(!change || change.value().same_shape(a.value()), "add_norm: a change of the same shape");
  const Matrix gain = row_or(scale, k, 1), offset = row_or(shift, k, 0);
  const std::vector<Var> inputs = present({a, change, scale, shift});
  const bool recorded = Var::recorded(inputs);
  auto kept = std::make_shared<UnitRows>();
  if (recorded) *kept = {Matrix(n, k), Matrix(n, 1)};
  Matrix out(n, k);
  parallel_for(n, rows_per_block(k), [&](Offset begin, Offset end) {
    Matrix sum(change ? 1 : 0, k), unit(recorded ? 0 : 1, k);
    for (Offset i = begin; i < end; ++i) {
      const Real* x = a.value().row(i).data();
      if (change) {
        const Real* __restrict c = change.value().row(i).data();
        for (Offset j = 0; j < k; ++j) sum.data()[j] = x[j] + c[j];
        x = sum.data();
      }
      Real* __restrict u = recorded ? kept->unit.row(i).data() : unit.data();
      const Real inverse = standardise(k, x, u, epsilon);
      if (recorded) kept->inverse(i, 0) = inverse;
      Real* __restrict y = out.row(i).data();
      const Real* __restrict g = gain.data(), * __restrict b = offset.data();
      for (Offset j = 0; j < k; ++j) y[j] = g[j] * u[j] + b[j];
    }
  });
  return Var::record(std::move(out), inputs, [=, a = a.slot(), change = change ? change.slot() : Var()](Matrix& grad) {
    if (shift) shift.accumulate(column_sums(grad));
    if (scale && scale.wants_gradient()) scale.accumulate(column_dots(grad, kept->unit));
    const bool changes = change && change.wants_gradient();
    if (!a.wants_gradient() && !changes) return;
    kept->gradient(row_or(scale, k, 1), grad);
    if (changes) change.accumulate(a.wants_gradient() ? grad.clone() : std::move(grad));
    a.accumulate(std::move(grad));
  });
}

static Matrix inverse_deviations(const Matrix& variance, Real epsilon) {
  Matrix inverse(1, variance.cols());
  for (Offset j = 0; j < inverse.cols(); ++j) inverse(0, j) = 1 / std::sqrt(variance(0, j) + epsilon);
  return inverse;
}

namespace {

// The rows of a batch norm that share statistics.
struct NormGroup {
  Offset begin, end;
  double rows;           // how many are stood for
  Matrix mean, inverse;  // [1, k], inverse = 1 / sqrt(variance + epsilon)
};

template <class Body>  // body(i) for the rows of a group
void each_row_of(const NormGroup& group, Offset k, Body body) {
  parallel_for(group.end - group.begin, rows_per_block(k), [&](Offset begin, Offset end) {
    for (Offset i = group.begin + begin; i < group.begin + end; ++i) body(i);
  });
}

// With u the unit columns: dx = scale / deviation (dy - count (mean(dy) + u mean(dy u))), in place of dy. Adds what
// shift (left half) and scale win to `sums` [1, 2 k].
void batch_norm_gradient(const NormGroup& group, const Matrix& a, const Matrix& gain, const RowRange& range,
                         bool wanted, Matrix& grad, Matrix& sums) {
  const Offset k = a.cols();
  const Real *m = group.mean.data(), *v = group.inverse.data(), *in = a.data();
  const Matrix here = sum_over_rows(group.end - group.begin, 2 * k, [&](Offset row, Real* __restrict sum) {
    const Offset i = group.begin + row;
    const Real* __restrict g = grad.data() + i * k, * __restrict x = in + i * k;
    for (Offset j = 0; j < k; ++j) sum[j] += g[j];
    for (Offset j = 0; j < k; ++j) sum[k + j] += g[j] * ((x[j] - m[j]) * v[j]);
  });
  for (Offset j = 0; j < 2 * k; ++j) sums(0, j) += here(0, j);
  if (!wanted) return;
  each_row_of(group, k, [&, f = gain.data(), mean = here.data(), along = here.data() + k](Offset i) {
    Real* __restrict g = grad.data() + i * k;
    const Real* __restrict x = in + i * k;
    const Real count = range.count_of(i), n = Real(group.rows);
    for (Offset j = 0; j < k; ++j) {
      const Real unit = (x[j] - m[j]) * v[j];
      g[j] = f[j] * v[j] * (g[j] - count * (mean[j] + unit * along[j]) / n);
    }
  });
}

}  // namespace

Var batch_norm(const Var& a, const Var& scale, const Var& shift, Var mean, Var variance, Real momentum, Real epsilon,
               const RowsAlike& alike) {
  const Offset k = a.cols();
  const Matrix gain = row_or(scale, k, 1), offset = row_or(shift, k, 0);
  const auto move = [&](Var& kept, const Matrix& towards, Real factor) {
    for (Offset j = 0; kept && j < k; ++j)
      kept.value()(0, j) = (1 - momentum) * kept.value()(0, j) + momentum * factor * towards(0, j);
  };
  const std::vector<Offset> whole{0, a.rows()};
  const std::span<const Offset> bounds = alike.views.empty() ? std::span(whole) : alike.views;
  expect(bounds.front() == 0 && bounds.back() == a.rows(), "batch_norm: views of all rows");
  auto groups = std::make_shared<std::vector<NormGroup>>();
  Matrix out(a.rows(), k);
  for (std::size_t view = 0; view + 1 < bounds.size(); ++view) {
    const RowRange range{bounds[view], bounds[view + 1], alike.count};
    const double n = range.rows();
    Matrix centre = column_means(a.value(), range);
    const Matrix spread = column_variances(a.value(), centre, range);
    move(mean, centre, 1), move(variance, spread, n > 1 ? Real(n) / Real(n - 1) : 1);
    groups->push_back({range.begin, range.end, n, std::move(centre), inverse_deviations(spread, epsilon)});
    each_row_of(groups->back(), k, [&, m = groups->back().mean.data(), v = groups->back().inverse.data()](Offset i) {
      const Real* __restrict x = a.value().data() + i * k, * __restrict g = gain.data(), * __restrict b = offset.data();
      Real* __restrict y = out.data() + i * k;
      for (Offset j = 0; j < k; ++j) y[j] = g[j] * ((x[j] - m[j]) * v[j]) + b[j];
    });
  }
  std::vector<Real> count(alike.count.begin(), alike.count.end());
  return Var::record(std::move(out), present({a, scale, shift}), [=, count = std::move(count)](Matrix& grad) {
    const Matrix gain_now = row_or(scale, k, 1);
    Matrix sums = Matrix::zeros(1, 2 * k);
    for (const NormGroup& group : *groups)
      batch_norm_gradient(group, a.value(), gain_now, {group.begin, group.end, count}, a.wants_gradient(), grad, sums);
    const auto half = [&](Offset from) {
      Matrix part(1, k);
      std::copy_n(sums.data() + from, k, part.data());
      return part;
    };
    if (shift) shift.accumulate(half(0));
    if (scale) scale.accumulate(half(k));
    if (a.wants_gradient()) a.accumulate(std::move(grad));
  });
}

Var batch_norm_fixed(const Var& a, const Var& scale, const Var& shift, const Var& mean, const Var& variance,
                     Real epsilon) {
  Matrix towards_zero = mean.value().clone();
  const Var inverse(inverse_deviations(variance.value(), epsilon));
  for (Real& v : towards_zero.values()) v = -v;
  Var out = multiply_row(add_row(a, Var(std::move(towards_zero))), inverse);
  if (scale) out = multiply_row(out, scale);
  return shift ? add_row(out, shift) : out;
}

}  // namespace pfm
