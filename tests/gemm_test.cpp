#include <doctest/doctest.h>
#include <pfm/kernels/packed.h>
#include <pfm/kernels/parallel.h>
#include <pfm/tests/matrices.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#ifndef PFM_DOUBLE
#include <omp.h>
#endif

using namespace pfm;

namespace {

struct Shape {
  Offset m, k, n;
};

// Largest difference from plain sums in double, in units of sqrt(k).
double difference(Shape s, Transpose ta, Transpose tb, Real alpha, Real beta, bool bias, Activation act) {
  const bool at = ta == Transpose::yes, bt = tb == Transpose::yes;
  const Matrix a = at ? random_matrix(s.k, s.m, 1) : random_matrix(s.m, s.k, 1),
               b = bt ? random_matrix(s.n, s.k, 2) : random_matrix(s.k, s.n, 2);
  const Matrix before = random_matrix(s.m, s.n, 3), shift = random_matrix(1, s.n, 4);
  Matrix c = beta == 0 ? Matrix::filled(s.m, s.n, Real(NAN)) : before.clone();
  gemm(ta, tb, alpha, a, b, beta, c, {bias ? &shift : nullptr, act});
  double worst = 0;
  for (Offset i = 0; i < s.m; ++i)
    for (Offset j = 0; j < s.n; ++j) {
      double sum = 0;
      for (Offset k = 0; k < s.k; ++k) sum += double(at ? a(k, i) : a(i, k)) * double(bt ? b(j, k) : b(k, j));
      sum = double(alpha) * sum + (beta == 0 ? 0 : double(beta) * double(before(i, j))) + (bias ? shift(0, j) : 0);
      if (act == Activation::relu) sum = std::max(0.0, sum);
      if (act == Activation::gelu) sum *= std::erfc(-sum / std::sqrt(2.0)) / 2;
      if (act == Activation::gelu_tanh)
        sum *= (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (sum + 0.044715 * sum * sum * sum))) / 2;
      const double gap = std::abs(sum - c(i, j)) / std::sqrt(double(s.k) + 1);
      worst = gap <= worst ? worst : gap;  // NaN stays
    }
  return worst;
}

Matrix rows_of(const Matrix& m, Offset begin, Offset end) {
  Matrix rows(end - begin, m.cols());
  std::copy_n(m.data() + begin * m.cols(), rows.size(), rows.data());
  return rows;
}

constexpr Transpose both[] = {Transpose::no, Transpose::yes};

}  // namespace

TEST_SUITE("kernels") {
  TEST_CASE("gemm: all transposes and shapes are plain sums of products") {
    for (Shape s : {Shape{1, 1, 1},
                    {1, 33, 7},
                    {7, 33, 1},
                    {5, 1, 9},
                    {130, 17, 31},
                    {300, 65, 3},
                    {129, 0, 4},
                    {512, 65, 70},
                    {70, 65, 512}})
      for (Transpose ta : both)
        for (Transpose tb : both) {
          CAPTURE(s.m);
          CAPTURE(s.n);
          CHECK(difference(s, ta, tb, 1, 0, false, Activation::none) <= 2e-6);
          CHECK(difference(s, ta, tb, Real(-0.5), 2, true, Activation::none) <= 2e-6);
          for (const Activation act : {Activation::relu, Activation::gelu, Activation::gelu_tanh})
            CHECK(difference(s, ta, tb, 2, 1, true, act) <= 4e-6);
        }
  }
  TEST_CASE("gemm: the slopes of a gelu beside its values") {
    const Matrix a = random_matrix(300, 20, 1), b = random_matrix(20, 33, 2), shift = random_matrix(1, 33, 3);
    Matrix sums(300, 33);
    gemm(Transpose::no, Transpose::no, 1, a, b, 0, sums, {.bias = &shift});
    for (const Activation act : {Activation::gelu, Activation::gelu_tanh}) {
      Matrix values(300, 33), slopes(300, 33), alone(300, 33);
      gemm(Transpose::no, Transpose::no, 1, a, b, 0, values, {.bias = &shift, .activation = act, .slope = &slopes});
      gemm(Transpose::no, Transpose::no, 1, a, b, 0, alone, {.bias = &shift, .activation = act});
      CHECK(std::ranges::equal(values.values(), alone.values()));
      const auto smooth = [act](double x) {
        if (act == Activation::gelu) return x * std::erfc(-x / std::sqrt(2.0)) / 2;
        return x / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
      };
      double worst = 0;
      for (Offset i = 0; i < sums.size(); ++i) {
        const double x = sums.data()[i], step = 1e-5;
        const double slope = (smooth(x + step) - smooth(x - step)) / (2 * step);
        worst = std::max(worst, std::abs(slope - double(slopes.data()[i])));
      }
      CHECK(worst < 1e-6);
    }
    Matrix none(2, 2);
    CHECK_THROWS(
        gemm(Transpose::no, Transpose::no, 1, a, b, 0, sums, {.activation = Activation::gelu, .slope = &none}));
  }
  TEST_CASE("gemm: rows that are moved apart give the same bits") {
    const Offset cols = 2048 / Offset(sizeof(Real)), block = row_block;
    const Matrix a = random_matrix(block + 100, cols, 1), b = random_matrix(block + 100, 65, 2);
    const auto tile = [&](Offset begin, Offset end) {
      Matrix part(cols, 65);
      gemm_tile(Transpose::yes, Transpose::no, cols, 65, end - begin, 1, a.data() + begin * cols, cols,
                b.data() + begin * 65, 65, 0, part.data(), 65);
      return part;
    };
    Matrix sum = tile(0, block);
    const Matrix rest = tile(block, block + 100);
    for (Offset i = 0; i < sum.size(); ++i) sum.data()[i] += rest.data()[i];
    CHECK(std::ranges::equal(transposed_multiply(a, b).values(), sum.values()));

    const Matrix few = random_matrix(70, 65, 3), wide = random_matrix(65, cols, 4);
    Matrix direct(70, cols);
    gemm_tile(Transpose::no, Transpose::no, 70, cols, 65, 1, few.data(), 65, wide.data(), cols, 0, direct.data(), cols);
    CHECK(std::ranges::equal(multiply(few, wide).values(), direct.values()));
  }
  TEST_CASE("bf16: the nearest number of 8 significant bits, ties to the even one") {
    CHECK(rounded_to_bf16(1 + 1.0F / 128) == 1 + 1.0F / 128);
    CHECK(rounded_to_bf16(1 + 1.0F / 256) == 1);
    CHECK(rounded_to_bf16(1 + 3.0F / 256) == 1 + 2.0F / 128);
    CHECK(rounded_to_bf16(-(1 + 1.1F / 256)) == -(1 + 1.0F / 128));
    CHECK(rounded_to_bf16(3.4e38F) == INFINITY);
    CHECK(std::isnan(rounded_to_bf16(NAN)));
  }
  TEST_CASE("packed weights: the product to 8 bits, the same in blocks of rows") {
    for (Shape s : {Shape{1, 32, 48}, {130, 33, 7}, {300, 384, 96}}) {
      CAPTURE(s.m);
      const Matrix a = random_matrix(s.m, s.k, 1), b = random_matrix(s.k, s.n, 2), shift = random_matrix(1, s.n, 4);
      Matrix exact(s.m, s.n);
      gemm(Transpose::no, Transpose::no, 1, a, b, 0, exact, {&shift, Activation::gelu});
      const Matrix got = Packed(b, Precision::bf16).multiply(a, {&shift, Activation::gelu});
      double squares = 0;
      for (Offset t = 0; t < exact.size(); ++t)
        squares += std::pow(double(exact.data()[t] - got.data()[t]), 2) / double(s.k);
      const double error = std::sqrt(squares / double(exact.size()));
      CHECK(error > 0);
      CHECK(error < 1.0 / 256);  // of uniform rounding a quarter of that for each factor
      const Matrix last = Packed(b, Precision::bf16).multiply(rows_of(a, s.m - 1, s.m), {&shift, Activation::gelu});
      for (Offset j = 0; j < s.n; ++j) CHECK(std::abs(last(0, j) - got(s.m - 1, j)) < Real(1e-4));
    }
  }
  TEST_CASE("packed weights: two products in turn are those one after the other") {
    const Matrix a = random_matrix(700, 33, 1), wide = random_matrix(33, 96, 2), narrow = random_matrix(96, 17, 3);
    const Matrix shift = random_matrix(1, 96, 4), last = random_matrix(1, 17, 5);
    for (const Precision precision : {Precision::full, Precision::bf16})
      for (const Activation act : {Activation::none, Activation::relu, Activation::gelu, Activation::gelu_tanh}) {
        const Packed first(wide, precision), second(narrow, precision);
        const Matrix got = first.multiply(a, {&shift, act}, second, {&last});
        CHECK(std::ranges::equal(got.values(), second.multiply(first.multiply(a, {&shift, act}), {&last}).values()));
      }
    const Packed first(wide, Precision::bf16);
    CHECK_THROWS(first.multiply(a, {}, Packed(wide, Precision::bf16), {}));
    CHECK_THROWS(first.multiply(wide));
  }
  TEST_CASE("packed weights in full precision: the same product, each row's bits whatever stands beside it") {
    for (Offset m : {1, 5, 6, 7, 13, 97, 200})
      for (Shape s : {Shape{m, 33, 7}, {m, 384, 96}, {m, 5, 1}, {m, 1, 129}, {m, 0, 4}}) {
        CAPTURE(s.m);
        CAPTURE(s.n);
        const Matrix a = random_matrix(s.m, s.k, 1), b = random_matrix(s.k, s.n, 2), shift = random_matrix(1, s.n, 4);
        Matrix exact(s.m, s.n);
        gemm(Transpose::no, Transpose::no, 1, a, b, 0, exact, {&shift, Activation::relu});
        const Packed packed(b, Precision::full);
        const Matrix got = packed.multiply(a, {&shift, Activation::relu});
        double worst = 0;
        for (Offset t = 0; t < exact.size(); ++t)
          worst = std::max(worst, double(std::abs(exact.data()[t] - got.data()[t])));
        CHECK(worst <= 1e-6 * double(s.k + 1));
        const Matrix last = packed.multiply(rows_of(a, s.m - 1, s.m), {&shift, Activation::relu});
        CHECK(std::ranges::equal(last.row(0), got.row(s.m - 1)));
      }
    CHECK(Packed(Matrix(3, 0), Precision::full).multiply(Matrix::zeros(2, 3)).cols() == 0);
    CHECK(Packed(Matrix(3, 4), Precision::full).multiply(Matrix(0, 3)).rows() == 0);
    const Matrix shift(1, 5);
    for (const Precision precision : {Precision::full, Precision::bf16}) {
      const Packed packed(random_matrix(3, 4, 1), precision);
      CHECK_THROWS_AS(packed.multiply(Matrix(2, 4)), std::logic_error);
      CHECK_THROWS_AS(packed.multiply(Matrix(2, 3), {&shift}), std::logic_error);
    }
  }
  TEST_CASE("gemm: long sums over rows, with and without what was there") {
    for (Offset k : {4096, 4097, 9000, 12289})
      for (Transpose tb : both) {
        CHECK(difference({6, k, 5}, Transpose::yes, tb, 1, 0, false, Activation::none) <= 2e-6);
        CHECK(difference({6, k, 5}, Transpose::yes, tb, 3, Real(0.5), true, Activation::relu) <= 6e-6);
      }
  }
  TEST_CASE("gemm: nothing in, nothing out") {
    Matrix none(0, 3), c = Matrix::filled(2, 3, 5);
    gemm(Transpose::no, Transpose::no, 1, Matrix(0, 4), Matrix(4, 3), 0, none);
    CHECK(multiply(Matrix(4, 2), Matrix(2, 0)).cols() == 0);
    gemm(Transpose::no, Transpose::no, 1, Matrix(2, 0), Matrix(0, 3), 0, c);
    CHECK(std::ranges::all_of(c.values(), [](Real v) { return v == 0; }));
    CHECK_THROWS_AS(multiply(Matrix(2, 3), Matrix(4, 2)), std::logic_error);
  }
  TEST_CASE("gemm: the same bits at 1 and 2 threads") {
    for (Shape s : {Shape{700, 120, 50}, {64, 9000, 33}, {1300, 300, 1}, {1, 300, 1300}})
      for (Transpose ta : both) {
        const bool at = ta == Transpose::yes;
        const Matrix a = at ? random_matrix(s.k, s.m, 5) : random_matrix(s.m, s.k, 5), b = random_matrix(s.k, s.n, 6);
        Matrix one(s.m, s.n), two(s.m, s.n);
        {
          const Threads alone(1);
          gemm(ta, Transpose::no, 1, a, b, 0, one);
        }
        const Threads limit(2);
        gemm(ta, Transpose::no, 1, a, b, 0, two);
        CHECK(std::ranges::equal(one.values(), two.values()));
      }
  }
#ifndef PFM_DOUBLE
  TEST_CASE("gemm: the caller's OpenMP settings stay") {
    const int before = omp_get_max_threads();
    omp_set_num_threads(3);
    multiply(random_matrix(300, 20, 1), random_matrix(20, 30, 2));
    CHECK(omp_get_max_threads() == 3);
    omp_set_num_threads(before);
  }
#endif
}
