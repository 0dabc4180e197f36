#include <doctest/doctest.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/svd.h>
#include <pfm/tests/matrices.h>

#include <algorithm>
#include <cmath>

using namespace pfm;

namespace {

double off_orthonormal(const Matrix& a) {
  const Matrix products = transposed_multiply(a, a);
  Matrix identity = Matrix::zeros(a.cols(), a.cols());
  for (Offset i = 0; i < a.cols(); ++i) identity(i, i) = 1;
  return largest_difference(products, identity);
}

Matrix put_together(const Svd& parts) {
  Matrix scaled = parts.left.clone();
  for (Offset i = 0; i < scaled.rows(); ++i)
    for (Offset j = 0; j < scaled.cols(); ++j) scaled(i, j) *= Real(parts.values[std::size_t(j)]);
  return multiply_transposed(scaled, parts.right);
}

LinearMap map_of(const Matrix& a) {
  return {a.rows(), a.cols(), [&](const Matrix& x) { return multiply(a, x); },
          [&](const Matrix& y) { return transposed_multiply(a, y); }};
}

}  // namespace

TEST_SUITE("svd") {
  TEST_CASE("the parts are orthonormal, in order, and give the matrix back") {
    const Matrix a = random_matrix(300, 40, 1);
    const Svd parts = svd(a);
    CHECK(off_orthonormal(parts.left) < 1e-5);
    CHECK(off_orthonormal(parts.right) < 1e-5);
    CHECK(std::ranges::is_sorted(parts.values, std::greater()));
    CHECK(largest_difference(put_together(parts), a) < 1e-5);
  }
  TEST_CASE("the largest of a matrix whose values fall by a tenth each") {
    Svd whole{svd(random_matrix(200, 120, 2)).left, {}, svd(random_matrix(150, 120, 3)).left};
    for (int i = 0; i < 120; ++i) whole.values.push_back(std::pow(0.9, i));
    const Matrix a = put_together(whole);
    const Svd found = randomised_svd(map_of(a), 20, 5, Rng(4));
    CHECK(found.left.cols() == 20);
    CHECK(off_orthonormal(found.left) < 1e-5);
    CHECK(off_orthonormal(found.right) < 1e-5);
    for (std::size_t i = 0; i < 20; ++i) CHECK(found.values[i] == doctest::Approx(whole.values[i]).epsilon(1e-4));
    for (Offset i = 0; i < 15; ++i) {  // the last ones turn with those left out
      double cosine = 0;
      for (Offset v = 0; v < 200; ++v) cosine += double(found.left(v, i)) * double(whole.left(v, i));
      CHECK(std::abs(cosine) > 1 - 1e-4);
    }
  }
  TEST_CASE("with as many columns as there are, nothing is missed") {
    const Matrix a = random_matrix(30, 12, 5);
    CHECK(largest_difference(put_together(randomised_svd(map_of(a), 12, 0, Rng(6))), a) < 1e-5);
  }
  TEST_CASE("same bits at one and two threads") {
    const Matrix a = random_matrix(9000, 30, 7);
    std::vector<Matrix> found;
    for (const int threads : {1, 2}) {
      const Threads limit(threads);
      found.push_back(randomised_svd(map_of(a), 5, 2, Rng(8)).left);
    }
    CHECK(std::ranges::equal(found[0].values(), found[1].values()));
  }
}
