#include <pfm/kernels/gemm.h>
#include <pfm/selfsup/log_sum.h>
#include <pfm/selfsup/own_pairs.h>
#include <pfm/selfsup/tile_pairs.h>

#include <vector>

namespace pfm {
namespace {

// A tile of scores stays in the second-level cache. Several tiles are 4, 8, ..: two threads share a
// round evenly.
Offset rows_a_tile(Offset rows) {
  constexpr Offset most = 256, even = 4;
  if (rows <= most) return std::max<Offset>(1, rows);
  const Offset tiles = even * ((rows + even * most - 1) / (even * most));
  return (rows + tiles - 1) / tiles;
}

struct Tile {
  Offset first, rows;
};

Offset tiles_of(const Matrix& z) { return (z.rows() + rows_a_tile(z.rows()) - 1) / rows_a_tile(z.rows()); }
Tile tile(const Matrix& z, Offset t) {
  const Offset rows = rows_a_tile(z.rows());
  return {t * rows, std::min(rows, z.rows() - t * rows)};
}
const Real* rows_of(const Matrix& z, Tile t) { return z.data() + t.first * z.cols(); }

// s = a b^T of two tiles of z.
Matrix scores(const Matrix& z, Tile a, Tile b) {
  Matrix s(a.rows, b.rows);
  gemm_tile(Transpose::no, Transpose::yes, a.rows, b.rows, z.cols(), 1, rows_of(z, a), z.cols(), rows_of(z, b),
            z.cols(), 0, s.data(), b.rows);
  return s;
}

// The rows of a gain w z_b, those of b gain w^T z_a.
void add_weighted(const Matrix& z, Tile a, Tile b, const Matrix& w, Matrix& out) {
  const Offset d = z.cols();
  gemm_tile(Transpose::no, Transpose::no, a.rows, d, b.rows, 1, w.data(), b.rows, rows_of(z, b), d, 1,
            out.data() + a.first * d, d);
  if (a.first == b.first) return;
  gemm_tile(Transpose::yes, Transpose::no, b.rows, d, a.rows, 1, w.data(), b.rows, rows_of(z, a), d, 1,
            out.data() + b.first * d, d);
}

void hide_own(Matrix& s, Real value) {
  for (Offset i = 0; i < s.rows(); ++i) s(i, i) = value;
}

// Adds the scores of each column to its sum.
void add_columns(const Matrix& s, LogSum* sums) {
  const Offset n = s.cols();
  std::vector<Real> top(n), added(n, 0);
  for (Offset j = 0; j < n; ++j) top[j] = sums[j].top;
  for (Offset i = 0; i < s.rows(); ++i)
    for (Offset j = 0; j < n; ++j) top[j] = std::max(top[j], s(i, j));
  for (Offset i = 0; i < s.rows(); ++i)
    for (Offset j = 0; j < n; ++j) added[j] += exponential(s(i, j) - top[j]);
  for (Offset j = 0; j < n; ++j)
    sums[j] = {top[j], (sums[j].sum > 0 ? sums[j].sum * exponential(sums[j].top - top[j]) : 0) + added[j]};
}

// Sum of log(1 + e^s); s becomes the derivative 1 / (1 + e^-s).
double soft_plus(Matrix& s) {
  const auto take = [](Real& score) {
    const Real size = score > 0 ? score : -score, e = exponential(-size);
    const Real value = (score > 0 ? score : 0) + log_one_plus(e);
    score = (score > 0 ? 1 : e) / (1 + e);
    return value;
  };
  double sum = 0;
  for (Offset i = 0; i < s.rows(); ++i) {
    Real part[lanes] = {}, *row = s.row(i).data();
    Offset j = 0;
    for (; j + lanes <= s.cols(); j += lanes)
      for (Offset l = 0; l < lanes; ++l) part[l] += take(row[j + l]);
    for (; j < s.cols(); ++j) sum += double(take(row[j]));
    for (const Real p : part) sum += double(p);
  }
  return sum;
}

}  // namespace

Matrix own_log_sums(const Matrix& z, Own own) {
  std::vector<LogSum> sums(z.rows());
  each_tile_pair(tiles_of(z), [&](Offset first, Offset second) {
    const Tile a = tile(z, first), b = tile(z, second);
    Matrix s = scores(z, a, b);
    if (first == second && own == Own::out) hide_own(s, lowest);
    for (Offset i = 0; i < a.rows; ++i) sums[a.first + i].add(s.row(i).data(), b.rows);
    if (first != second) add_columns(s, &sums[b.first]);
  });
  Matrix out(z.rows(), 1);
  for (Offset i = 0; i < z.rows(); ++i) out(i, 0) = sums[i].value();
  return out;
}

// With p_ij = e^(s_ij - log_sum_i): row i meets j as its candidate and as its judge, z_i gains
// sum_j (grad_i p_ij + grad_j p_ji) z_j, and these weights are symmetric.
Matrix own_log_sums_gradient(const Matrix& z, const Matrix& log_sums, const Matrix& grad, Own own) {
  Matrix out = Matrix::zeros(z.rows(), z.cols());
  each_tile_pair(tiles_of(z), [&](Offset first, Offset second) {
    const Tile a = tile(z, first), b = tile(z, second);
    Matrix w = scores(z, a, b);
    const Real* __restrict sums = log_sums.data() + b.first, * __restrict grads = grad.data() + b.first;
    for (Offset i = 0; i < a.rows; ++i) {
      Real* __restrict s = w.row(i).data();
      const Real sum = log_sums(a.first + i, 0), g = grad(a.first + i, 0);
      for (Offset j = 0; j < b.rows; ++j) s[j] = g * exponential(s[j] - sum) + grads[j] * exponential(s[j] - sums[j]);
    }
    if (first == second && own == Own::out) hide_own(w, 0);
    add_weighted(z, a, b, w, out);
  });
  return out;
}

double own_softplus_sum(const Matrix& z, Matrix* slopes) {
  if (slopes) *slopes = Matrix::zeros(z.rows(), z.cols());
  std::vector<double> sums(tiles_of(z), 0);
  each_tile_pair(tiles_of(z), [&](Offset first, Offset second) {
    const Tile a = tile(z, first), b = tile(z, second);
    Matrix s = scores(z, a, b);
    sums[first] += (first == second ? 1 : 2) * soft_plus(s);
    if (slopes) add_weighted(z, a, b, s, *slopes);
  });
  double all = 0;
  for (const double sum : sums) all += sum;
  return all;
}

}  // namespace pfm
