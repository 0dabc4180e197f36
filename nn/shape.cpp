#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/kernels/segments.h>
#include <pfm/nn/shape.h>

#include <algorithm>

namespace pfm {
namespace {

// Copies columns [from, from + width) of `a` to columns [to, to + width) of `out`.
void copy_columns(const Matrix& a, Offset from, Offset width, Matrix& out, Offset to) {
  parallel_for(a.rows(), rows_per_block(width), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) std::copy_n(&a(i, from), width, &out(i, to));
  });
}

Matrix columns_of(const Matrix& a, Offset begin, Offset end) {
  Matrix out(a.rows(), end - begin);
  copy_columns(a, begin, end - begin, out, 0);
  return out;
}

void copy_entries(const Real* from, Offset size, Real* to) {
  parallel_for(size, 65536, [&](Offset begin, Offset end) { std::copy(from + begin, from + end, to + begin); });
}

Matrix rows_of(const Matrix& a, Offset begin, Offset end) {
  Matrix out(end - begin, a.cols());
  copy_entries(a.data() + begin * a.cols(), out.size(), out.data());
  return out;
}

}  // namespace

Var concat_columns(const std::vector<Var>& parts) {
  expect(!parts.empty(), "concat_columns: at least one part");
  Offset cols = 0;
  for (const Var& part : parts) {
    expect(part.rows() == parts[0].rows(), "concat_columns: equally many rows");
    cols += part.cols();
  }
  Matrix out(parts[0].rows(), cols);
  Offset at = 0;
  for (const Var& part : parts) copy_columns(part.value(), 0, part.cols(), out, at), at += part.cols();
  return Var::record(std::move(out), parts, [parts](const Matrix& grad) {
    Offset from = 0;
    for (const Var& part : parts) {
      if (part.wants_gradient()) part.accumulate(columns_of(grad, from, from + part.cols()));
      from += part.cols();
    }
  });
}

Var concat_rows(const std::vector<Var>& parts) {
  expect(!parts.empty(), "concat_rows: at least one part");
  Offset rows = 0;
  for (const Var& part : parts) {
    expect(part.cols() == parts[0].cols(), "concat_rows: equally many columns");
    rows += part.rows();
  }
  Matrix out(rows, parts[0].cols());
  Real* to = out.data();
  for (const Var& part : parts) copy_entries(part.value().data(), part.value().size(), to), to += part.value().size();
  return Var::record(std::move(out), parts, [parts](const Matrix& grad) {
    Offset from = 0;
    for (const Var& part : parts) {
      if (part.wants_gradient()) part.accumulate(rows_of(grad, from, from + part.rows()));
      from += part.rows();
    }
  });
}

Var slice_columns(const Var& a, Offset begin, Offset end) {
  expect(0 <= begin && begin <= end && end <= a.cols(), "slice_columns: a range of columns");
  return Var::record(columns_of(a.value(), begin, end), {a}, [a = a.slot(), begin, end](const Matrix& grad) {
    Matrix d = Matrix::zeros(a.rows(), a.cols());
    copy_columns(grad, 0, end - begin, d, begin);
    a.accumulate(std::move(d));
  });
}

Var slice_rows(const Var& a, Offset begin, Offset end) {
  expect(0 <= begin && begin <= end && end <= a.rows(), "slice_rows: a range of rows");
  return Var::record(rows_of(a.value(), begin, end), {a}, [a = a.slot(), begin](const Matrix& grad) {
    Matrix d = Matrix::zeros(a.rows(), a.cols());
    copy_entries(grad.data(), grad.size(), d.data() + begin * a.cols());
    a.accumulate(std::move(d));
  });
}

Var reshape(const Var& a, Offset rows, Offset cols) {
  expect(rows * cols == a.value().size(), "reshape: as many entries as before");
  const auto reshaped = [](const Matrix& from, Offset n, Offset k) {
    Matrix to(n, k);
    copy_entries(from.data(), from.size(), to.data());
    return to;
  };
  return Var::record(reshaped(a.value(), rows, cols), {a}, [a = a.slot(), reshaped](const Matrix& grad) {
    a.accumulate(reshaped(grad, a.rows(), a.cols()));
  });
}

Var gather_rows(const Var& a, std::span<const NodeId> ids) {
  return Var::record(gather_rows(a.value(), ids), {a},
                     [a = a.slot(), kept = std::vector<NodeId>(ids.begin(), ids.end())](const Matrix& grad) {
                       a.accumulate(scatter_rows(grad, kept, a.rows()));
                     });
}

Var scatter_rows(const Var& a, std::span<const NodeId> ids, Offset rows) {
  return Var::record(scatter_rows(a.value(), ids, rows), {a},
                     [a = a.slot(), kept = std::vector<NodeId>(ids.begin(), ids.end())](const Matrix& grad) {
                       a.accumulate(gather_rows(grad, kept));
                     });
}

Var add_row_to(const Var& a, const Var& row, std::span<const NodeId> ids) {
  expect(row.rows() == 1 && row.cols() == a.cols(), "add_row_to: a [n, k], row [1, k]");
  Matrix out = a.value().clone();
  parallel_for(Offset(ids.size()), rows_per_block(a.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i)
      for (Offset j = 0; j < out.cols(); ++j) out(ids[std::size_t(i)], j) += row.value()(0, j);
  });
  return Var::record(
      std::move(out), {a, row},
      [a = a.slot(), row = row.slot(), kept = std::vector<NodeId>(ids.begin(), ids.end())](Matrix& grad) {
        if (row.wants_gradient())
          row.accumulate(sum_over_rows(Offset(kept.size()), grad.cols(), [&](Offset i, Real* sum) {
            for (Offset j = 0; j < grad.cols(); ++j) sum[j] += grad(kept[std::size_t(i)], j);
          }));
        a.accumulate(std::move(grad));
      });
}

}  // namespace pfm
