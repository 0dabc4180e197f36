#include <pfm/kernels/exponential.h>
#include <pfm/kernels/lanes.h>
#include <pfm/kernels/rows.h>

#include <cmath>
#include <numeric>

namespace pfm {
namespace {

// A maximum that may be subtracted: rows of -infinity would give NaN.
Real shift(const Real* a, Offset k) {
  const Real best = lane_max(a, k);
  return best == lowest ? 0 : best;
}

template <class Body>  // body(row) for every row, in parallel
void each_row(const Matrix& a, Body body) {
  parallel_for(a.rows(), rows_per_block(a.cols()), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) body(i);
  });
}

template <class Value>  // [n, 1] of value(row pointer)
Matrix per_row(const Matrix& a, Value value) {
  Matrix out(a.rows(), 1);
  each_row(a, [&](Offset i) { out(i, 0) = value(a.data() + i * a.cols()); });
  return out;
}

template <class Term>  // sum of term(entry) over all entries
double whole_sum(const Matrix& a, Term term) {
  return tree_sum(
      a.size(), Offset{65536},
      [&](Offset begin, Offset end) {
        double part[lanes] = {}, sum = 0;
        Offset i = begin;
        for (; i + lanes <= end; i += lanes)
          for (Offset l = 0; l < lanes; ++l) part[l] += term(double(a.data()[i + l]));
        for (; i < end; ++i) sum += term(double(a.data()[i]));
        for (const double v : part) sum += v;
        return sum;
      },
      [](double& left, double right) { left += right; });
}

}  // namespace

Matrix row_max(const Matrix& a) {
  return per_row(a, [k = a.cols()](const Real* row) { return lane_max(row, k); });
}

Matrix row_sums(const Matrix& a) {
  return per_row(a, [k = a.cols()](const Real* row) { return lane_sum(k, [=](Offset j) { return row[j]; }); });
}

Matrix row_log_sum_exp(const Matrix& a) {
  return per_row(a, [k = a.cols()](const Real* row) {
    const Real top = shift(row, k);
    return top + std::log(lane_sum(k, [=](Offset j) { return falling_exponential(row[j] - top); }));
  });
}

Matrix row_dots(const Matrix& a, const Matrix& b) {
  expect(a.same_shape(b), "row_dots: equal shapes");
  Matrix out(a.rows(), 1);
  each_row(a, [&, k = a.cols()](Offset i) {
    const Real *x = a.data() + i * k, *y = b.data() + i * k;
    out(i, 0) = lane_sum(k, [=](Offset j) { return x[j] * y[j]; });
  });
  return out;
}

Matrix row_norms(const Matrix& a) {
  Matrix out = row_dots(a, a);
  for (Real& v : out.values()) v = std::sqrt(v);
  return out;
}

void softmax_rows(Matrix& a) {
  each_row(a, [&, k = a.cols()](Offset i) {
    Real* row = a.data() + i * k;
    const Real top = shift(row, k);
    for (Offset j = 0; j < k; ++j) row[j] = falling_exponential(row[j] - top);
    const Real sum = lane_sum(k, [=](Offset j) { return row[j]; });
    const Real factor = sum == 0 ? 0 : 1 / sum;
    for (Offset j = 0; j < k; ++j) row[j] *= factor;
  });
}

void log_softmax_rows(Matrix& a) {
  each_row(a, [&, k = a.cols()](Offset i) {
    Real* row = a.data() + i * k;
    const Real top = shift(row, k);
    const Real log_sum = std::log(lane_sum(k, [=](Offset j) { return falling_exponential(row[j] - top); }));
    for (Offset j = 0; j < k; ++j) row[j] = (row[j] - top) - log_sum;
  });
}

Matrix l2_normalise_rows(Matrix& a, Real least) {
  Matrix norms = row_norms(a);
  each_row(a, [&, k = a.cols()](Offset i) {
    const Real norm = std::max(norms(i, 0), least);
    for (Real& v : a.row(i)) v /= norm;
  });
  return norms;
}

static void add_to(Matrix& left, const Matrix& right) {
  for (Offset j = 0; j < left.size(); ++j) left.data()[j] += right.data()[j];
}

// [1, k], the sums of term(i, j) over rows [first, end). Narrow rows are shared out by lines of memory, each summed in
// registers: their number of blocks of rows is small.
template <class Term>
static Matrix column_wise(Offset first, Offset end, Offset cols, Term term) {
  constexpr Offset line = 64 / sizeof(Real);
  if (cols >= 64 || cols % line != 0)
    return sum_over_rows(end - first, cols, [&](Offset i, Real* __restrict sum) {
      for (Offset j = 0; j < cols; ++j) sum[j] += term(first + i, j);
    });
  Matrix sums(1, cols);
  parallel_blocks(cols / line, [&](Offset part) {
    const auto of_rows = [&](Offset from, Offset to) {
      Real sum[line] = {};
      for (Offset i = first + from; i < first + to; ++i)
        for (Offset l = 0; l < line; ++l) sum[l] += term(i, part * line + l);
      Matrix result(1, line);
      std::ranges::copy(sum, result.data());
      return result;
    };
    std::ranges::copy(tree_sum(end - first, row_block, of_rows, add_to).values(), sums.data() + part * line);
  });
  return sums;
}

Matrix column_sums(const Matrix& a) {
  return column_wise(0, a.rows(), a.cols(), [&](Offset i, Offset j) { return a(i, j); });
}

Matrix column_dots(const Matrix& a, const Matrix& b) {
  expect(a.same_shape(b), "column_dots: equal shapes");
  return column_wise(0, a.rows(), a.cols(), [&](Offset i, Offset j) { return a(i, j) * b(i, j); });
}

double RowRange::rows() const {
  if (count.empty()) return double(end - begin);
  double sum = 0;
  for (Offset i = begin; i < end; ++i) sum += double(count[std::size_t(i)]);
  return sum;
}

// The mean of term(i, j) over what the rows stand for.
template <class Term>
static Matrix column_wise_mean(const Matrix& a, const RowRange& range, Term term) {
  expect(range.begin < range.end && range.end <= a.rows(), "column_means: at least one row");
  expect(range.count.empty() || Offset(range.count.size()) == a.rows(), "column_means: a count for each row");
  Matrix means = range.count.empty() ? column_wise(range.begin, range.end, a.cols(), term)
                                     : column_wise(range.begin, range.end, a.cols(), [&](Offset i, Offset j) {
                                         return range.count[std::size_t(i)] * term(i, j);
                                       });
  const auto rows = Real(range.rows());
  for (Real& v : means.values()) v /= rows;
  return means;
}

Matrix column_means(const Matrix& a, const RowRange& range) {
  return column_wise_mean(a, range, [&](Offset i, Offset j) { return a(i, j); });
}

Matrix column_variances(const Matrix& a, const Matrix& means, const RowRange& range) {
  expect(means.rows() == 1 && means.cols() == a.cols(), "column_variances: means [1, k]");
  return column_wise_mean(a, range, [&, mean = means.data()](Offset i, Offset j) {
    const Real off = a(i, j) - mean[j];
    return off * off;
  });
}

Matrix column_means(const Matrix& a) { return column_means(a, {0, a.rows()}); }
Matrix column_variances(const Matrix& a, const Matrix& means) { return column_variances(a, means, {0, a.rows()}); }

double total(const Matrix& a) {
  return whole_sum(a, [](double v) { return v; });
}

double total_of_squares(const Matrix& a) {
  return whole_sum(a, [](double v) { return v * v; });
}

TopK top_k(const Matrix& a, Offset count) {
  expect(count >= 0 && count <= a.cols(), "top_k: at most as many as there are columns");
  TopK best{count, std::vector<NodeId>(std::size_t(a.rows() * count)), Matrix(a.rows(), count)};
  parallel_for(a.rows(), rows_per_block(a.cols()), [&](Offset begin, Offset end) {
    std::vector<NodeId> order(std::size_t(a.cols()));
    for (Offset i = begin; i < end; ++i) {
      const auto row = a.row(i);
      const auto rank = [&](NodeId j) { return std::isnan(row[std::size_t(j)]) ? lowest : row[std::size_t(j)]; };
      std::iota(order.begin(), order.end(), 0);
      std::partial_sort(order.begin(), order.begin() + count, order.end(),
                        [&](NodeId x, NodeId y) { return rank(x) != rank(y) ? rank(x) > rank(y) : x < y; });
      for (Offset c = 0; c < count; ++c) {
        best.columns[std::size_t(i * count + c)] = order[std::size_t(c)];
        best.values(i, c) = row[std::size_t(order[std::size_t(c)])];
      }
    }
  });
  return best;
}

}  // namespace pfm
