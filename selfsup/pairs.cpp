#include <pfm/kernels/exponential.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/pairs.h>

#include <cmath>
#include <limits>
#include <vector>

namespace pfm {
namespace {

constexpr Offset tile_rows = 256, tile_columns = 512;  // a tile of scores stays in the second-level cache
constexpr Real lowest = -std::numeric_limits<Real>::infinity();
constexpr int lanes = 16;  // partial sums, so that loops vectorise with one fixed order

Matrix rows_between(const Matrix& a, Offset begin, Offset end) {
  Matrix part(end - begin, a.cols());
  std::copy_n(a.data() + begin * a.cols(), part.size(), part.data());
  return part;
}

std::vector<Matrix> column_tiles(const Matrix& v) {
  std::vector<Matrix> tiles;
  for (Offset first = 0; first < v.rows(); first += tile_columns)
    tiles.push_back(rows_between(v, first, std::min(v.rows(), first + tile_columns)));
  return tiles;
}

// The place of row i's own column in the tile that starts at `first`, or -1.
Offset own_place(Own own, Offset i, Offset first, Offset columns) {
  return own == Own::out && i >= first && i < first + columns ? i - first : -1;
}

// log sum of e^s over what was added, with a running maximum.
struct LogSum {
  Real top = lowest, sum = 0;

  void add(const Real* s, Offset n) {
    Real best[lanes];
    std::fill_n(best, lanes, top);
    Offset j = 0;
    for (; j + lanes <= n; j += lanes)
      for (int l = 0; l < lanes; ++l) best[l] = s[j + l] > best[l] ? s[j + l] : best[l];
    Real now = top;
    for (; j < n; ++j) now = std::max(now, s[j]);
    for (const Real b : best) now = std::max(now, b);
    if (now == lowest) return;
    Real part[lanes] = {};
    for (j = 0; j + lanes <= n; j += lanes)
      for (int l = 0; l < lanes; ++l) part[l] += exponential(s[j + l] - now);
    Real added = 0;
    for (; j < n; ++j) added += exponential(s[j] - now);
    for (const Real p : part) added += p;
    sum = (sum > 0 ? sum * exponential(top - now) : 0) + added;
    top = now;
  }
  Real value() const { return sum > 0 ? top + std::log(sum) : lowest; }
};

Matrix log_sums(const Matrix& u, const Matrix& v, Own own) {
  Matrix out(u.rows(), 1);
  const std::vector<Matrix> tiles = column_tiles(v);
  parallel_for(u.rows(), tile_rows, [&](Offset begin, Offset end) {
    const Matrix rows = rows_between(u, begin, end);
    std::vector<LogSum> sums(std::size_t(end - begin));
    Offset first = 0;
    for (const Matrix& tile : tiles) {
      Matrix s(rows.rows(), tile.rows());
      gemm(Transpose::no, Transpose::yes, 1, rows, tile, 0, s);
      for (Offset i = 0; i < s.rows(); ++i) {
        if (const Offset place = own_place(own, begin + i, first, s.cols()); place >= 0) s(i, place) = lowest;
        sums[std::size_t(i)].add(s.row(i).data(), s.cols());
      }
      first += tile.rows();
    }
    for (Offset i = begin; i < end; ++i) out(i, 0) = sums[std::size_t(i - begin)].value();
  });
  return out;
}

// A gradient [n, 1] and the log-sums [n, 1] it belongs to.
struct Share {
  const Real *grad, *log_sum;
};

// out_i = sum_j w_ij b_j: w_ij = e^(a_i . b_j - log_sum) grad of the row's share, of the column's, or both added.
// Shares may be null.
Matrix gather_weighted(const Matrix& a, const Matrix& b, const Share* by_row, const Share* by_column, Own own) {
  Matrix out(a.rows(), a.cols());
  const std::vector<Matrix> tiles = column_tiles(b);
  parallel_for(a.rows(), tile_rows, [&](Offset begin, Offset end) {
    const Matrix rows = rows_between(a, begin, end);
    Matrix sum = Matrix::zeros(rows.rows(), rows.cols());
    Offset first = 0;
    for (const Matrix& tile : tiles) {
      Matrix w(rows.rows(), tile.rows());
      gemm(Transpose::no, Transpose::yes, 1, rows, tile, 0, w);
      for (Offset i = 0; i < w.rows(); ++i) {
        Real* s = w.row(i).data();
        const Real row_grad = by_row ? by_row->grad[begin + i] : 0, row_sum = by_row ? by_row->log_sum[begin + i] : 0;
        if (!by_column) {
          for (Offset j = 0; j < w.cols(); ++j) s[j] = row_grad * exponential(s[j] - row_sum);
        } else {
          const Real *grad = by_column->grad + first, *log_sum = by_column->log_sum + first;
          if (!by_row)
            for (Offset j = 0; j < w.cols(); ++j) s[j] = grad[j] * exponential(s[j] - log_sum[j]);
          else
            for (Offset j = 0; j < w.cols(); ++j)
              s[j] = row_grad * exponential(s[j] - row_sum) + grad[j] * exponential(s[j] - log_sum[j]);
        }
        if (const Offset place = own_place(own, begin + i, first, w.cols()); place >= 0) s[place] = 0;
      }
      gemm(Transpose::no, Transpose::no, 1, w, tile, 1, sum);
      first += tile.rows();
    }
    std::copy_n(sum.data(), sum.size(), out.data() + begin * out.cols());
  });
  return out;
}

// Sum of log(1 + e^s) over the scores of one row with a tile; s becomes the derivative 1 / (1 + e^-s).
double soft_plus_row(Real* s, Offset n) {
  Real part[lanes] = {};
  Offset j = 0;
  const auto take = [](Real& score) {
    const Real size = score > 0 ? score : -score, e = exponential(-size);
    const Real value = (score > 0 ? score : 0) + log_one_plus(e);
    score = (score > 0 ? 1 : e) / (1 + e);
    return value;
  };
  for (; j + lanes <= n; j += lanes)
    for (int l = 0; l < lanes; ++l) part[l] += take(s[j + l]);
  double sum = 0;
  for (; j < n; ++j) sum += double(take(s[j]));
  for (const Real p : part) sum += double(p);
  return sum;
}

// The sum of log(1 + e^(z_i . z_j)) over rows [begin, end) and all j; rows of `gradient` become sum_j s'_ij z_j.
double soft_plus_rows(const Matrix& z, const std::vector<Matrix>& tiles, Offset begin, Offset end, Matrix* gradient) {
  const Matrix rows = rows_between(z, begin, end);
  Matrix toward = Matrix::zeros(rows.rows(), rows.cols());
  double sum = 0;
  for (const Matrix& tile : tiles) {
    Matrix s(rows.rows(), tile.rows());
    gemm(Transpose::no, Transpose::yes, 1, rows, tile, 0, s);
    for (Offset i = 0; i < s.rows(); ++i) sum += soft_plus_row(s.row(i).data(), s.cols());
    if (gradient) gemm(Transpose::no, Transpose::no, 1, s, tile, 1, toward);
  }
  if (gradient) std::copy_n(toward.data(), toward.size(), gradient->data() + begin * z.cols());
  return sum;
}

}  // namespace

Var all_pairs_softplus(const Var& z) {
  const std::vector<Matrix> tiles = column_tiles(z.value());
  auto gradient = std::make_shared<Matrix>(z.rows(), z.cols());
  const bool wanted = z.wants_gradient() && !NoGradient::active();
  const double sum = tree_sum(
      z.rows(), tile_rows,
      [&](Offset begin, Offset end) {
        return soft_plus_rows(z.value(), tiles, begin, end, wanted ? gradient.get() : nullptr);
      },
      [](double& left, double right) { left += right; });
  return Var::record(Matrix(1, 1, {Real(sum)}), {z}, [z = z.slot(), gradient](const Matrix& grad) {
    Matrix d(gradient->rows(), gradient->cols());  // z_i stands on both sides of its pairs: twice
    for (Offset i = 0; i < d.size(); ++i) d.data()[i] = 2 * grad(0, 0) * gradient->data()[i];
    z.accumulate(std::move(d));
  });
}

Var pair_log_sums(const Var& u, const Var& v, Own own) {
  expect(u.cols() == v.cols(), "pair_log_sums: rows of one width");
  expect(own == Own::in || u.rows() == v.rows(), "pair_log_sums: Own::out needs as many rows on both sides");
  return Var::record(log_sums(u.value(), v.value(), own), {u, v}, [u, v, own](const Matrix& sums, Matrix& grad) {
    const Share share{grad.data(), sums.data()};
    if (&u.value() == &v.value()) {  // scores are symmetric: row i meets j as its candidate and as its judge
      u.accumulate(gather_weighted(u.value(), v.value(), &share, &share, own));
      return;
    }
    if (u.wants_gradient()) u.accumulate(gather_weighted(u.value(), v.value(), &share, nullptr, own));
    if (v.wants_gradient()) v.accumulate(gather_weighted(v.value(), u.value(), nullptr, &share, own));
  });
}

}  // namespace pfm
