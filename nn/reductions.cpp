#include <pfm/kernels/rows.h>
#include <pfm/nn/elementwise.h>
#include <pfm/nn/reductions.h>

#include <algorithm>

namespace pfm {
namespace {

// The row [1, k], times `factor`, is the gradient of every row of `a`.
void spread_row(const Var& a, const Matrix& row, Real factor) {
  Matrix d(a.rows(), a.cols());
  parallel_for(d.rows(), rows_per_block(d.cols()), [&, k = d.cols()](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i)
      for (Offset j = 0; j < k; ++j) d.data()[i * k + j] = factor * row.data()[j];
  });
  a.accumulate(std::move(d));
}

Var rows_to_one(const Var& a, Real factor) {
  Matrix out = column_sums(a.value());
  for (Real& v : out.values()) v *= factor;
  return Var::record(std::move(out), {a}, [a = a.slot(), factor](const Matrix& grad) { spread_row(a, grad, factor); });
}

Var each_row_to_one(const Var& a, Real factor) {
  Matrix out = row_sums(a.value());
  for (Real& v : out.values()) v *= factor;
  return Var::record(std::move(out), {a}, [a = a.slot(), factor](const Matrix& grad) {
    Matrix d(a.rows(), a.cols());
    parallel_for(d.rows(), rows_per_block(d.cols()), [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i) std::ranges::fill(d.row(i), factor * grad(i, 0));
    });
    a.accumulate(std::move(d));
  });
}

Var all_to_one(const Var& a, double factor) {
  return Var::record(Matrix(1, 1, {Real(factor * total(a.value()))}), {a}, [a = a.slot(), factor](const Matrix& grad) {
    a.accumulate(Matrix::filled(a.rows(), a.cols(), Real(factor) * grad(0, 0)));
  });
}

}  // namespace

Var sum_rows(const Var& a) { return rows_to_one(a, 1); }

Var mean_rows(const Var& a) {
  expect(a.rows() > 0, "mean_rows: at least one row");
  return rows_to_one(a, 1 / Real(a.rows()));
}

Var row_sums(const Var& a) { return each_row_to_one(a, 1); }

Var row_means(const Var& a) {
  expect(a.cols() > 0, "row_means: at least one column");
  return each_row_to_one(a, 1 / Real(a.cols()));
}

Var sum(const Var& a) { return all_to_one(a, 1); }

Var mean(const Var& a) {
  expect(!a.value().empty(), "mean: at least one entry");
  return all_to_one(a, 1 / double(a.value().size()));
}

}  // namespace pfm
