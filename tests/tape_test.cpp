#include <doctest/doctest.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>

using namespace pfm;

TEST_SUITE("tape") {
  TEST_CASE("a value used twice receives the sum") {
    const Var x(Matrix(1, 2, {3, 4}), true);
    backward(sum(add(hadamard(x, x), scale(x, 5))));
    CHECK(x.grad()(0, 0) == 11);
    CHECK(x.grad()(0, 1) == 13);
  }
  TEST_CASE("an operand given twice to one operation, and gradients of several passes, add up") {
    const Var x(Matrix(1, 1, {2}), true);
    backward(add(x, x));
    CHECK(x.grad()(0, 0) == 2);
    backward(subtract(scale(x, 3), x));
    CHECK(x.grad()(0, 0) == 4);
    x.clear_grad();
    CHECK(x.grad().empty());
  }
  TEST_CASE("constants and detached values receive nothing") {
    const Var x(Matrix(1, 1, {2}), true), constant(Matrix(1, 1, {7}));
    const Var y = hadamard(hadamard(x, constant), x.detached());
    CHECK(y.wants_gradient());
    backward(y);
    CHECK(x.grad()(0, 0) == 14);
    CHECK(constant.grad().empty());
    CHECK(!hadamard(constant, x.detached()).wants_gradient());
  }
  TEST_CASE("without gradient nothing is recorded") {
    const Var x(Matrix(1, 1, {2}), true);
    {
      const NoGradient off;
      CHECK(NoGradient::active());
      CHECK(!scale(x, 2).wants_gradient());
    }
    CHECK(!NoGradient::active());
    CHECK(scale(x, 2).wants_gradient());
  }
  TEST_CASE("long chains neither recurse forward, backward nor when dropped") {
    const Var x(Matrix(1, 1, {1}), true);
    const auto chain = [&] {
      Var y = x;
      for (int i = 0; i < 200000; ++i) y = add_scalar(y, 1);
      return y;
    };
    backward(chain());
    CHECK(x.grad()(0, 0) == 1);
    CHECK(chain().scalar() == 200001);  // dropped without a backward pass
  }
  TEST_CASE("a loss must be one number") {
    const Var x(Matrix(1, 2, {3, 4}), true);
    CHECK_THROWS_AS(backward(scale(x, 1)), std::logic_error);
    CHECK_THROWS_AS(add(x, Var(Matrix(2, 1, {1, 2}))), std::logic_error);
  }
}
