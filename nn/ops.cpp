#include <pfm/kernels/exponential.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/elementwise.h>
#include <pfm/nn/ops.h>

#include <cmath>

namespace pfm {

Var add(const Var& a, const Var& b) {
  expect(a.value().same_shape(b.value()), "add: equal shapes");
  Matrix out(a.rows(), a.cols());
  each_entry(out.size(),
             [x = a.value().data(), y = b.value().data(), z = out.data()](Offset i) { z[i] = x[i] + y[i]; });
  return Var::record(std::move(out), {a, b}, [a = a.slot(), b = b.slot()](Matrix& grad) {
    if (a.wants_gradient()) a.accumulate(b.wants_gradient() ? grad.clone() : std::move(grad));
    if (b.wants_gradient()) b.accumulate(std::move(grad));
  });
}

Var subtract(const Var& a, const Var& b) {
  return elementwise(
      a, b, [](Real x, Real y) { return x - y; }, [](Real, Real) { return Real(1); },
      [](Real, Real) { return Real(-1); });
}

Var hadamard(const Var& a, const Var& b) {
  return elementwise(
      a, b, [](Real x, Real y) { return x * y; }, [](Real, Real y) { return y; }, [](Real x, Real) { return x; });
}

Var divide(const Var& a, const Var& b) {
  return elementwise(
      a, b, [](Real x, Real y) { return x / y; }, [](Real, Real y) { return 1 / y; },
      [](Real x, Real y) { return -x / (y * y); });
}

Var scale(const Var& a, Real factor) {
  return elementwise(
      a, [factor](Real x) { return factor * x; }, [factor](Real, Real) { return factor; });
}

Var add_scalar(const Var& a, Real addend) {
  return elementwise(
      a, [addend](Real x) { return x + addend; }, [](Real, Real) { return Real(1); });
}

Var exp(const Var& a) {
  return elementwise(
      a, [](Real x) { return exponential(x); }, [](Real, Real y) { return y; });
}

Var log(const Var& a) {
  return elementwise(
      a, [](Real x) { return std::log(x); }, [](Real x, Real) { return 1 / x; });
}

Var abs(const Var& a) {
  return elementwise(
      a, [](Real x) { return std::abs(x); }, [](Real x, Real) { return Real(x > 0) - Real(x < 0); });
}

Var sqrt(const Var& a) {
  return elementwise(
      a, [](Real x) { return std::sqrt(x); }, [](Real, Real y) { return y > 0 ? 1 / (2 * y) : 0; });
}

Var square(const Var& a) {
  return elementwise(
      a, [](Real x) { return x * x; }, [](Real x, Real) { return 2 * x; });
}

Var power(const Var& a, Real exponent) {
  return elementwise(
      a, [exponent](Real x) { return std::pow(x, exponent); },
      [exponent](Real x, Real) { return exponent * std::pow(x, exponent - 1); });
}

Var clamp(const Var& a, Real low, Real high) {
  return elementwise(
      a, [=](Real x) { return x < low    ? low
                              : x > high ? high
                                         : x; },
      [=](Real x, Real) { return Real(x >= low && x <= high); });
}

// out(i, j) = value(a(i, j), row[j]).
template <class Value>
static Matrix with_row(const Matrix& a, const Matrix& row, Value value) {
  expect(row.rows() == 1 && row.cols() == a.cols(), "against a row: [1, k]");
  Matrix out(a.rows(), a.cols());
  parallel_for(a.rows(), rows_per_block(a.cols()), [&, k = a.cols(), r = row.data()](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const Real* __restrict x = a.data() + i * k;
      Real* __restrict y = out.data() + i * k;
      for (Offset j = 0; j < k; ++j) y[j] = value(x[j], r[j]);
    }
  });
  return out;
}

Var add_row(const Var& a, const Var& row) {
  return Var::record(with_row(a.value(), row.value(), [](Real x, Real r) { return x + r; }), {a, row},
                     [a = a.slot(), row = row.slot()](Matrix& grad) {
                       if (row.wants_gradient()) row.accumulate(column_sums(grad));
                       a.accumulate(std::move(grad));
                     });
}

Var multiply_row(const Var& a, const Var& row) {
  const auto times = [](Real x, Real r) { return x * r; };
  return Var::record(with_row(a.value(), row.value(), times), {a, row}, [a, row, times](Matrix& grad) {
    if (row.wants_gradient()) row.accumulate(column_dots(grad, a.value()));
    if (a.wants_gradient()) a.accumulate(with_row(grad, row.value(), times));
  });
}

// out(i, j) = value(a(i, j), column[i]).
template <class Value>
static Matrix with_column(const Matrix& a, const Matrix& column, Value value) {
  expect(column.cols() == 1 && column.rows() == a.rows(), "against a column: [n, 1]");
  Matrix out(a.rows(), a.cols());
  parallel_for(a.rows(), rows_per_block(a.cols()), [&, k = a.cols()](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const Real* __restrict x = a.data() + i * k;
      Real* __restrict y = out.data() + i * k;
      const Real c = column(i, 0);
      for (Offset j = 0; j < k; ++j) y[j] = value(x[j], c);
    }
  });
  return out;
}

Var add_column(const Var& a, const Var& column) {
  return Var::record(with_column(a.value(), column.value(), [](Real x, Real c) { return x + c; }), {a, column},
                     [a = a.slot(), column = column.slot()](Matrix& grad) {
                       if (column.wants_gradient()) column.accumulate(row_sums(grad));
                       a.accumulate(std::move(grad));
                     });
}

Var multiply_column(const Var& a, const Var& column) {
  const auto times = [](Real x, Real c) { return x * c; };
  return Var::record(with_column(a.value(), column.value(), times), {a, column}, [a, column, times](Matrix& grad) {
    if (column.wants_gradient()) column.accumulate(row_dots(grad, a.value()));
    if (a.wants_gradient()) a.accumulate(with_column(grad, column.value(), times));
  });
}

}  // namespace pfm
