#include <doctest/doctest.h>
#include <pfm/selfsup/losses.h>

#include <cmath>

using namespace pfm;

TEST_SUITE("losses") {
  TEST_CASE("dgi: the mean over all scores, also where e^s overflows") {
    const Var positive(Matrix(3, 1, {0, 100, -100}), true), negative(Matrix(2, 1, {100, -100}), true);
    const Var loss = dgi_loss(positive, negative);
    CHECK(double(loss.scalar()) == doctest::Approx((std::log(2) + 100 + 100) / 5));
    backward(loss);
    CHECK(double(positive.grad()(0, 0)) == doctest::Approx(-0.1));
    CHECK(double(positive.grad()(1, 0)) == doctest::Approx(0));
    CHECK(double(positive.grad()(2, 0)) == doctest::Approx(-0.2));
    CHECK(double(negative.grad()(0, 0)) == doctest::Approx(0.2));
    CHECK(double(negative.grad()(1, 0)) == doctest::Approx(0));
  }
}
