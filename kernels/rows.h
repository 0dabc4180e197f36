// Kernels that look at whole rows or whole columns of a dense matrix. Letters: n rows, k columns.
#pragma once
#include <pfm/kernels/parallel.h>

#include <vector>

namespace pfm {

// One number per row. A row without columns gives -infinity, 0 and -infinity.
Matrix row_max(const Matrix& a);                    // [n, k] -> [n, 1]
Matrix row_sums(const Matrix& a);                   // [n, k] -> [n, 1]
Matrix row_log_sum_exp(const Matrix& a);            // [n, k] -> [n, 1], stable; -infinity where all entries are
Matrix row_dots(const Matrix& a, const Matrix& b);  // [n, k] [n, k] -> [n, 1]
Matrix row_norms(const Matrix& a);                  // [n, k] -> [n, 1], Euclidean

void softmax_rows(Matrix& a);      // in place; a row of -infinity gives zeros
void log_softmax_rows(Matrix& a);  // in place
// Every row to Euclidean norm 1, in place; rows whose norm is below `least` are divided by `least`, so that zero rows
// stay zero. Returns the norms before, [n, 1].
Matrix l2_normalise_rows(Matrix& a, Real least = Real(1e-12));

// [1, cols], the sum over i in [0, rows) of what add(i, sum) adds to the `cols` numbers at `sum`, in the fixed tree:
// the blocks below are whole subtrees of one over blocks of row_block.
template <class Add>
Matrix sum_over_rows(Offset rows, Offset cols, Add add) {
  return tree_sum(
      rows, cols >= 64 ? row_block / 8 : row_block,
      [&](Offset begin, Offset end) {
        Matrix sum = Matrix::zeros(1, cols);
        for (Offset i = begin; i < end; ++i) add(i, sum.data());
        return sum;
      },
      [](Matrix& left, const Matrix& right) {
        for (Offset j = 0; j < left.size(); ++j) left.data()[j] += right.data()[j];
      });
}

// One number per column, added over rows so. Mean and variance need at least one row.
Matrix column_sums(const Matrix& a);                            // [n, k] -> [1, k]
Matrix column_dots(const Matrix& a, const Matrix& b);           // sums over rows of a b: [n, k] [n, k] -> [1, k]
Matrix column_means(const Matrix& a);                           // [n, k] -> [1, k]
Matrix column_variances(const Matrix& a, const Matrix& means);  // biased (divided by n), two passes: -> [1, k]

// The same of rows [begin, end) alone, where row i stands for count[i] equal ones (none = 1 each).
struct RowRange {
  Offset begin, end;
  std::span<const Real> count = {};
  Real count_of(Offset i) const { return count.empty() ? 1 : count[std::size_t(i)]; }
  double rows() const;  // how many are stood for
};
Matrix column_means(const Matrix& a, const RowRange& range);
Matrix column_variances(const Matrix& a, const Matrix& means, const RowRange& range);

// Of all entries, in double, in the fixed tree.
double total(const Matrix& a);
double total_of_squares(const Matrix& a);

// The `count` largest of every row, largest first, ties by smaller column; count <= k. NaN counts as smallest.
struct TopK {
  Offset count = 0;
  std::vector<NodeId> columns;  // [n, count]
  Matrix values;                // [n, count]
};
TopK top_k(const Matrix& a, Offset count);

}  // namespace pfm
