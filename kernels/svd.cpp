#include <pfm/kernels/eigen.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/svd.h>

#include <algorithm>

namespace pfm {
namespace {

using Doubles = Eigen::MatrixXd;

Matrix real(const Doubles& a) {
  Matrix result(a.rows(), a.cols());
  eigen(result) = a.cast<Real>();
  return result;
}

// a = q r by Householder reflections.
struct Qr {
  Doubles q, r;  // [m, n] orthonormal columns, [n, n] upper triangular
  explicit Qr(const Matrix& a) {
    const Eigen::HouseholderQR<Doubles> solver(eigen(a).cast<double>());
    q = solver.householderQ() * Doubles::Identity(a.rows(), a.cols());
    r = solver.matrixQR().topRows(a.cols()).triangularView<Eigen::Upper>();
  }
};

Matrix normal_numbers(Offset rows, Offset cols, Rng rng) {
  Matrix numbers(rows, cols);
  parallel_for(rows, row_block, [&](Offset begin, Offset end) {
    for (Offset i = begin * cols; i < end * cols; ++i) numbers.data()[i] = Real(rng.normal(std::uint64_t(i)));
  });
  return numbers;
}

}  // namespace

Svd svd(const Matrix& a) {
  expect(a.rows() >= a.cols() && a.cols() > 0, "svd: at least as many rows as columns");
  const Qr parts(a);
  // Jacobi: the most accurate, and compiled in a quarter of the time of divide and conquer.
  const Eigen::JacobiSVD<Doubles, Eigen::NoQRPreconditioner> inner(parts.r, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const Eigen::VectorXd values = inner.singularValues();
  return {real(parts.q * inner.matrixU()), {values.begin(), values.end()}, real(inner.matrixV())};
}

Svd randomised_svd(const LinearMap& a, Offset rank, int rounds, Rng rng) {
  const Offset most = std::min(a.rows, a.cols);
  expect(1 <= rank && rank <= most, "randomised_svd: a rank from 1 to the smaller side");
  const Offset width = std::min(most, rank + std::max<Offset>(8, rank / 4));
  Matrix range = real(Qr(a.times(normal_numbers(a.cols, width, rng))).q);
  for (int round = 0; round < rounds; ++round) range = real(Qr(a.times(real(Qr(a.transposed_times(range)).q))).q);
  const Svd inner = svd(a.transposed_times(range));  // a ~ range (a^T range)^T
  Svd result{multiply(range, inner.right), inner.values, inner.left.clone()};
  const auto first = [rank](const Matrix& columns) {
    Matrix kept(columns.rows(), rank);
    eigen(kept) = eigen(columns).leftCols(rank);
    return kept;
  };
  result.values.resize(std::size_t(rank));
  return {first(result.left), std::move(result.values), first(result.right)};
}

}  // namespace pfm
