#include <doctest/doctest.h>
#include <pfm/kernels/exponential.h>
#include <pfm/kernels/rows.h>
#include <pfm/kernels/segments.h>
#include <pfm/tests/matrices.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace pfm;

TEST_SUITE("rows") {
  TEST_CASE("the exponential is right to two units in the last place over the whole range") {
    double worst = 0;
    for (double x = -86; x < 88.6; x += 0.0137) {
      const float v = float(x);
      const double exact = std::exp(double(v));
      worst = std::max(worst, std::abs(double(exponential(v)) - exact) / exact);
      if (v <= 88) REQUIRE(falling_exponential(v) == exponential(v));
    }
    CHECK(worst < 2 * 1.2e-7);
    CHECK(exponential(0.0f) == 1);
    CHECK(exponential(200.0f) == std::numeric_limits<float>::infinity());
    CHECK(std::isnan(exponential(std::numeric_limits<float>::quiet_NaN())));
    CHECK(exponential(88.72f) == doctest::Approx(std::exp(double(88.72f))).epsilon(1e-6));  // the largest numbers
    CHECK(exponential(88.73f) == std::numeric_limits<float>::infinity());
    CHECK(exponential(std::numeric_limits<float>::infinity()) == std::numeric_limits<float>::infinity());
    CHECK(exponential(-86.0f) == doctest::Approx(std::exp(-86.0)).epsilon(1e-6));
    for (const float x : {-86.01f, -1e30f, -std::numeric_limits<float>::infinity()}) {
      CHECK(exponential(x) == 0);
      CHECK(falling_exponential(x) == 0);
    }
    CHECK(std::isnan(falling_exponential(std::numeric_limits<float>::quiet_NaN())));
  }
  TEST_CASE("the hyperbolic tangent keeps its relative precision near zero") {
    double worst = 0;
    for (double x = -10; x < 10; x += 0.00371) {
      const float v = float(x);
      const double exact = std::tanh(double(v));
      if (exact != 0) worst = std::max(worst, std::abs(double(hyperbolic_tangent(v)) - exact) / std::abs(exact));
    }
    CHECK(worst < 4 * 1.2e-7);
    CHECK(hyperbolic_tangent(1e-20f) == 1e-20f);
  }
  TEST_CASE("softmax at +-100, of masked rows and of nothing") {
    const Real minus = -std::numeric_limits<Real>::infinity();
    Matrix a(3, 2, {100, -100, minus, 0, minus, minus});
    softmax_rows(a);
    CHECK(a(0, 0) == 1);
    CHECK(a(1, 0) == 0);
    CHECK(a(1, 1) == 1);
    CHECK(a(2, 0) == 0);
    CHECK(row_log_sum_exp(Matrix(1, 2, {-1000, -1000}))(0, 0) == doctest::Approx(-1000 + std::log(2)));
    Matrix none(4, 0);
    softmax_rows(none);
    CHECK(row_sums(none)(3, 0) == 0);
  }
  TEST_CASE("zero rows stay zero under L2 normalisation") {
    Matrix a(2, 2, {0, 0, 3, 4});
    const Matrix norms = l2_normalise_rows(a);
    CHECK(a(0, 0) == 0);
    CHECK(double(a(1, 1)) == doctest::Approx(0.8));
    CHECK(norms(1, 0) == 5);
  }
  TEST_CASE("columns: sums over many blocks, means, variances") {
    Matrix a(10000, 70);
    for (Offset i = 0; i < a.rows(); ++i)
      for (Offset j = 0; j < a.cols(); ++j) a(i, j) = Real(i % 3 + j);
    const Matrix means = column_means(a), variances = column_variances(a, means);
    CHECK(double(means(0, 5)) == doctest::Approx(5.9999).epsilon(1e-5));
    CHECK(double(variances(0, 69)) == doctest::Approx(2.0 / 3).epsilon(1e-3));
    CHECK(total(a) == doctest::Approx(10000.0 * 70 * 34.5 + 70 * 9999.0));
  }
  TEST_CASE("columns of narrow rows, shared out among threads, have the sums of the fixed tree") {
    for (const Offset rows : {1, 700, 10000})
      for (const Offset cols : {16, 32, 48}) {
        const Matrix a = random_matrix(rows, cols, 1);
        const Matrix direct = sum_over_rows(rows, cols, [&](Offset i, Real* sum) {
          for (Offset j = 0; j < cols; ++j) sum[j] += a(i, j);
        });
        CHECK(std::ranges::equal(column_sums(a).values(), direct.values()));
      }
  }
  TEST_CASE("the largest of a row, ties by column, NaN last") {
    const Real nan = std::numeric_limits<Real>::quiet_NaN();
    const TopK best = top_k(Matrix(2, 4, {1, 3, 3, 2, nan, 5, nan, -1}), 3);
    CHECK(best.columns == std::vector<NodeId>{1, 2, 3, 1, 3, 0});
    CHECK(best.values(0, 0) == 3);
    CHECK(top_k(Matrix(2, 4), 0).columns.empty());
    CHECK_THROWS_AS(top_k(Matrix(2, 4), 5), std::logic_error);
  }
  TEST_CASE("segments: empty ones give zeros, a long one is summed in blocks, wrong offsets are refused") {
    const Matrix ones = Matrix::filled(20000, 2, 1);
    const std::vector<Offset> offsets{0, 0, 5, 20000};
    const Matrix sums = segment_sums(ones, offsets);
    CHECK(sums(0, 0) == 0);
    CHECK(sums(1, 1) == 5);
    CHECK(sums(2, 0) == 19995);
    CHECK(segment_means(ones, offsets)(2, 1) == 1);
    CHECK(segment_max(ones, offsets).rows == std::vector<Offset>{-1, -1, 0, 0, 5, 5});
    CHECK_THROWS_AS(segment_sums(ones, std::vector<Offset>{0, 7}), std::logic_error);
    CHECK_THROWS_AS(segment_sums(ones, std::vector<Offset>{0, 9, 7, 20000}), std::logic_error);
    CHECK_THROWS_AS(gather_rows(ones, std::vector<NodeId>{20000}), std::logic_error);
  }
  TEST_CASE("softmax within segments at +-100 and of masked ones") {
    const Real minus = -std::numeric_limits<Real>::infinity();
    Matrix a(4, 1, {100, -100, minus, minus});
    segment_softmax(a, std::vector<Offset>{0, 2, 4});
    CHECK(a(0, 0) == 1);
    CHECK(a(1, 0) < Real(1e-30));
    CHECK(a(2, 0) == 0);
  }
}
