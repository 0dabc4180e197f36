#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nn/ops.h>

#include <cmath>

namespace pfm {
namespace {

constexpr Offset grain = 65536;

template <class F>  // out[i] = f(a[i])
Matrix mapped(const Matrix& a, F f) {
  Matrix out(a.rows(), a.cols());
  parallel_for(a.size(), grain, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) out.data()[i] = f(a.data()[i]);
  });
  return out;
}

template <class F>  // out[i] = f(a[i], b[i])
Matrix mapped(const Matrix& a, const Matrix& b, F f) {
  Matrix out(a.rows(), a.cols());
  parallel_for(a.size(), grain, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) out.data()[i] = f(a.data()[i], b.data()[i]);
  });
  return out;
}

// Sums over rows in the fixed tree: [n, k] -> [1, k].
Matrix column_sums(const Matrix& a) {
  return tree_sum(
      a.rows(), row_block,
      [&](Offset begin, Offset end) {
        Matrix sum = Matrix::zeros(1, a.cols());
        for (Offset i = begin; i < end; ++i)
          for (Offset j = 0; j < a.cols(); ++j) sum(0, j) += a(i, j);
        return sum;
      },
      [](Matrix& left, const Matrix& right) {
        for (Offset j = 0; j < left.size(); ++j) left.data()[j] += right.data()[j];
      });
}

}  // namespace

Var multiply(const Var& a, const Var& b) {
  return Var::record(multiply(a.value(), b.value()), {a, b}, [a, b](const Matrix&, const Matrix& grad) {
    if (a.wants_gradient()) a.accumulate(multiply_transposed(grad, b.value()));
    if (b.wants_gradient()) b.accumulate(transposed_multiply(a.value(), grad));
  });
}

Var multiply_transposed(const Var& a, const Var& b) {
  return Var::record(multiply_transposed(a.value(), b.value()), {a, b}, [a, b](const Matrix&, const Matrix& grad) {
    if (a.wants_gradient()) a.accumulate(multiply(grad, b.value()));
    if (b.wants_gradient()) b.accumulate(transposed_multiply(grad, a.value()));
  });
}

Var add(const Var& a, const Var& b) {
  expect(a.value().same_shape(b.value()), "add: equal shapes");
  return Var::record(
      mapped(a.value(), b.value(), [](Real x, Real y) { return x + y; }), {a, b},
      [a, b](const Matrix&, const Matrix& grad) { a.accumulate(grad.clone()), b.accumulate(grad.clone()); });
}

Var add_row(const Var& a, const Var& row) {
  expect(row.rows() == 1 && row.cols() == a.cols(), "add_row: a row of [1, k]");
  Matrix out(a.rows(), a.cols());
  parallel_for(a.rows(), rows_per_block(a.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i)
      for (Offset j = 0; j < a.cols(); ++j) out(i, j) = a.value()(i, j) + row.value()(0, j);
  });
  return Var::record(std::move(out), {a, row}, [a, row](const Matrix&, const Matrix& grad) {
    a.accumulate(grad.clone());
    if (row.wants_gradient()) row.accumulate(column_sums(grad));
  });
}

Var scale(const Var& a, Real factor) {
  return Var::record(mapped(a.value(), [=](Real x) { return factor * x; }), {a},
                     [a, factor](const Matrix&, const Matrix& grad) {
                       a.accumulate(mapped(grad, [=](Real g) { return factor * g; }));
                     });
}

Var mean_rows(const Var& a) {
  expect(a.rows() > 0, "mean_rows: at least one row");
  Matrix out = column_sums(a.value());
  for (Real& v : out.values()) v /= Real(a.rows());
  return Var::record(std::move(out), {a}, [a](const Matrix&, const Matrix& grad) {
    Matrix spread(a.rows(), a.cols());
    parallel_for(a.rows(), rows_per_block(a.cols()), [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i)
        for (Offset j = 0; j < a.cols(); ++j) spread(i, j) = grad(0, j) / Real(a.rows());
    });
    a.accumulate(std::move(spread));
  });
}

Var sigmoid(const Var& a) {
  return Var::record(mapped(a.value(), [](Real x) { return 1 / (1 + std::exp(-x)); }), {a},
                     [a](const Matrix& out, const Matrix& grad) {
                       a.accumulate(mapped(out, grad, [](Real y, Real g) { return g * y * (1 - y); }));
                     });
}

Var prelu(const Var& a, const Var& slope) {
  expect(slope.rows() == 1 && (slope.cols() == 1 || slope.cols() == a.cols()), "prelu: slope [1, 1] or [1, k]");
  const bool shared = slope.cols() == 1;
  const Offset k = a.cols();
  Matrix out(a.rows(), k);
  parallel_for(a.rows(), rows_per_block(k), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i)
      for (Offset j = 0; j < k; ++j) {
        const Real x = a.value()(i, j);
        out(i, j) = x > 0 ? x : slope.value()(0, shared ? 0 : j) * x;
      }
  });
  return Var::record(std::move(out), {a, slope}, [=](const Matrix&, const Matrix& grad) {
    Matrix da(a.rows(), k), by_column(a.rows(), k);
    parallel_for(a.rows(), rows_per_block(k), [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i)
        for (Offset j = 0; j < k; ++j) {
          const Real x = a.value()(i, j), g = grad(i, j);
          da(i, j) = x > 0 ? g : slope.value()(0, shared ? 0 : j) * g;
          by_column(i, j) = x > 0 ? 0 : g * x;
        }
    });
    a.accumulate(std::move(da));
    if (!slope.wants_gradient()) return;
    Matrix sums = column_sums(by_column);
    if (shared) {
      Real total = 0;
      for (Real v : sums.values()) total += v;
      sums = Matrix(1, 1, {total});
    }
    slope.accumulate(std::move(sums));
  });
}

}  // namespace pfm
