#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/log_sum.h>
#include <pfm/selfsup/own_pairs.h>
#include <pfm/selfsup/pairs.h>

#include <vector>

namespace pfm {
namespace {

constexpr Offset tile_rows = 256, tile_columns = 512;  // a tile of scores stays in the second-level cache

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

// out_i = sum_j w_ij b_j. `of_rows`: w_ij = grad_i e^(a_i . b_j - log_sum_i); else w_ij = grad_j e^(a_i . b_j -
// log_sum_j).
Matrix gather_weighted(const Matrix& a, const Matrix& b, const Matrix& log_sums, const Matrix& grad, bool of_rows,
                       Own own) {
  Matrix out(a.rows(), a.cols());
  const std::vector<Matrix> tiles = column_tiles(b);
  parallel_for(a.rows(), tile_rows, [&](Offset begin, Offset end) {
    const Matrix rows = rows_between(a, begin, end);
    Matrix sum = Matrix::zeros(rows.rows(), rows.cols());
    Offset first = 0;
    for (const Matrix& tile : tiles) {
      Matrix w(rows.rows(), tile.rows());
      gemm(Transpose::no, Transpose::yes, 1, rows, tile, 0, w);
      const Real *grads = grad.data() + first, *sums = log_sums.data() + first;
      for (Offset i = 0; i < w.rows(); ++i) {
        Real* s = w.row(i).data();
        if (of_rows) {
          const Real row_grad = grad(begin + i, 0), row_sum = log_sums(begin + i, 0);
          for (Offset j = 0; j < w.cols(); ++j) s[j] = row_grad * exponential(s[j] - row_sum);
        } else {
          for (Offset j = 0; j < w.cols(); ++j) s[j] = grads[j] * exponential(s[j] - sums[j]);
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

}  // namespace

Var all_pairs_softplus(const Var& z) {
  auto slopes = std::make_shared<Matrix>();
  const bool wanted = z.wants_gradient() && !NoGradient::active();
  const double sum = own_softplus_sum(z.value(), wanted ? slopes.get() : nullptr);
  return Var::record(Matrix(1, 1, {Real(sum)}), {z}, [z = z.slot(), slopes](const Matrix& grad) {
    Matrix d(slopes->rows(), slopes->cols());  // z_i stands on both sides of its pairs: twice
    for (Offset i = 0; i < d.size(); ++i) d.data()[i] = 2 * grad(0, 0) * slopes->data()[i];
    z.accumulate(std::move(d));
  });
}

Var pair_log_sums(const Var& u, const Var& v, Own own) {
  expect(u.cols() == v.cols(), "pair_log_sums: rows of one width");
  expect(own == Own::in || u.rows() == v.rows(), "pair_log_sums: Own::out needs as many rows on both sides");
  if (&u.value() == &v.value())
    return Var::record(own_log_sums(u.value(), own), {u}, [u, own](const Matrix& sums, Matrix& grad) {
      u.accumulate(own_log_sums_gradient(u.value(), sums, grad, own));
    });
  return Var::record(log_sums(u.value(), v.value(), own), {u, v}, [u, v, own](const Matrix& sums, Matrix& grad) {
    if (u.wants_gradient()) u.accumulate(gather_weighted(u.value(), v.value(), sums, grad, true, own));
    if (v.wants_gradient()) v.accumulate(gather_weighted(v.value(), u.value(), sums, grad, false, own));
  });
}

}  // namespace pfm
