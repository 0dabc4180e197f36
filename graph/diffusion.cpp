#include <pfm/graph/diffusion.h>
#include <pfm/kernels/eigen.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/spmm.h>

#include <cmath>
#include <unsupported/Eigen/MatrixFunctions>

namespace pfm {
namespace {

Eigen::MatrixXd dense(const Sparse& a) {
  expect(a.rows() == a.cols(), "diffusion: a square matrix");
  expect(a.rows() <= largest_dense_diffusion, "diffusion: a small graph; large ones by diffuse_pagerank, diffuse_heat");
  Eigen::MatrixXd result = Eigen::MatrixXd::Zero(a.rows(), a.rows());
  for (Offset i = 0; i < a.rows(); ++i)
    for (std::size_t e = 0; e < a.columns(i).size(); ++e)
      result(i, a.columns(i)[e]) += a.weighted() ? double(a.values(i)[e]) : 1.0;
  return result;
}

Matrix rounded(const Eigen::MatrixXd& m) {
  Matrix result(m.rows(), m.cols());
  eigen(result) = m.cast<Real>();
  return result;
}

// The sum of coefficient(k) a^k x until the coefficients seen sum to 1 - tolerance.
template <class Coefficient>
Matrix series(const Sparse& a, const Matrix& x, double tolerance, Coefficient coefficient) {
  expect(a.rows() == a.cols() && a.cols() == x.rows(), "diffuse: a [N, N], x [N, d]");
  expect(tolerance > 0, "diffuse: a positive tolerance");
  Matrix power = x.clone(), next(x.rows(), x.cols()), sum = Matrix::zeros(x.rows(), x.cols());
  double left = 1;
  // Where rounding keeps `left` above a tiny tolerance the coefficients themselves come to an end.
  for (int k = 0; left > tolerance; ++k) {
    const double c = coefficient(k);
    if (left < 0.5 && c < 1e-18) break;
    parallel_for(sum.size(), 16384, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i) sum.data()[i] += Real(c) * power.data()[i];
    });
    left -= c;
    if (left <= tolerance) break;
    spmm(a.view(), power, next);
    std::swap(power, next);
  }
  return sum;
}

}  // namespace

// The factors are found once; columns of the inverse are solved for in blocks, side by side.
Matrix pagerank_diffusion(const Sparse& a, double alpha) {
  expect(0 < alpha && alpha <= 1, "pagerank_diffusion: alpha in (0, 1]");
  const Offset n = a.rows();
  Eigen::MatrixXd system = -(1 - alpha) * dense(a);
  system.diagonal().array() += 1;
  const Eigen::PartialPivLU<Eigen::MatrixXd> factors(system);
  Matrix result(n, n);
  parallel_for(n, 64, [&](Offset begin, Offset end) {
    Eigen::MatrixXd right = Eigen::MatrixXd::Zero(n, end - begin);
    for (Offset j = begin; j < end; ++j) right(j, j - begin) = alpha;
    const Eigen::MatrixXd columns = factors.solve(right);
    eigen(result).middleCols(begin, end - begin) = columns.cast<Real>();
  });
  return result;
}

Matrix heat_diffusion(const Sparse& a, double t) {
  expect(t >= 0, "heat_diffusion: t is not negative");
  Eigen::MatrixXd generator = t * dense(a);
  generator.diagonal().array() -= t;
  if (generator.size() == 0) return Matrix(0, 0);
  const Eigen::MatrixXd kernel = generator.exp();
  return rounded(kernel);
}

Matrix heat_diffusion_by_entries(const Sparse& a, double t) {
  const Eigen::MatrixXd kernel = (t * (dense(a).array() - 1)).exp().matrix();
  return rounded(kernel);
}

// With c = 1 - alpha and T_k the Chebyshev polynomials, alpha / (1 - c t) = alpha / w (1 + 2 sum_k r^k T_k(t)) on
// [-1, 1], w = sqrt(1 - c^2), r = c / (1 + w): for alpha = 0.2 a third of the products that powers take. Columns in
// blocks: what a block needs stays in the cache over all products.
static Matrix chebyshev_pagerank(const Sparse& a, const Matrix& x, double alpha, double tolerance) {
  const double c = 1 - alpha, w = std::sqrt(1 - c * c), r = c / (1 + w);
  Matrix result(x.rows(), x.cols());
  parallel_for(x.cols(), 32, [&](Offset begin, Offset end) {
    Matrix before(x.rows(), end - begin), now(x.rows(), end - begin), sum(x.rows(), end - begin);
    for (Offset i = 0; i < x.rows(); ++i)
      for (Offset j = begin; j < end; ++j) {
        before(i, j - begin) = x(i, j);
        sum(i, j - begin) = Real(alpha / w) * x(i, j);
      }
    spmm(a.view(), before, now);
    double coefficient = 2 * alpha / w * r;
    Matrix next(x.rows(), end - begin);
    for (; coefficient / (1 - r) > tolerance; coefficient *= r) {  // what is left out sums to less
      spmm(a.view(), now, next);
      for (Offset i = 0; i < sum.size(); ++i) {
        sum.data()[i] += Real(coefficient) * now.data()[i];
        next.data()[i] = 2 * next.data()[i] - before.data()[i];
      }
      std::swap(before, now), std::swap(now, next);
    }
    for (Offset i = 0; i < x.rows(); ++i)
      for (Offset j = begin; j < end; ++j) result(i, j) = sum(i, j - begin);
  });
  return result;
}

Matrix diffuse_pagerank(const Sparse& a, const Matrix& x, double alpha, double tolerance) {
  expect(0 < alpha && alpha <= 1, "diffuse_pagerank: alpha in (0, 1]");
  expect(a.rows() == a.cols() && a.cols() == x.rows(), "diffuse: a [N, N], x [N, d]");
  expect(tolerance > 0, "diffuse: a positive tolerance");
  if (a.symmetric()) return chebyshev_pagerank(a, x, alpha, tolerance);  // its eigenvalues are real, in [-1, 1]
  return series(a, x, tolerance, [&](int k) { return alpha * std::pow(1 - alpha, k); });
}

Matrix diffuse_heat(const Sparse& a, const Matrix& x, double t, double tolerance) {
  expect(0 <= t && t <= 700, "diffuse_heat: t in [0, 700]");
  double term = std::exp(-t);
  return series(a, x, tolerance, [&, t](int k) { return k == 0 ? term : term *= t / k; });
}

}  // namespace pfm
