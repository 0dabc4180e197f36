#include <doctest/doctest.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/clip.h>
#include <pfm/nn/optimiser.h>
#include <pfm/nn/schedule.h>

#include <cmath>

using namespace pfm;

namespace {

// One parameter "w" with the given value and gradient.
Var parameter(const Params& p, Matrix value, Matrix grad) {
  Var w = p.constant("w", value.rows(), value.cols(), 0);
  w.value() = std::move(value);
  w.accumulate(std::move(grad));
  return w;
}

}  // namespace

TEST_SUITE("optim") {
  TEST_CASE("the first step of Adam has the size of the rate, whatever the gradient's") {
    Params p;
    const Var w = parameter(p, Matrix(2, 2, {1, 1, 1, 1}), Matrix(2, 2, {1e-3f, 5, -2, 0}));
    Optimiser("adam").step(p, 0.1, 0);
    CHECK(double(w.value()(0, 0)) == doctest::Approx(0.9).epsilon(1e-4));
    CHECK(double(w.value()(0, 1)) == doctest::Approx(0.9));
    CHECK(double(w.value()(1, 0)) == doctest::Approx(1.1));
    CHECK(w.value()(1, 1) == 1);
    CHECK(p.has("optimiser.m.w"));
    CHECK(p.has("optimiser.v.w"));
    CHECK(p.trainable() == std::vector<std::string>{"w"});
  }
  TEST_CASE("decay pulls towards zero: through the gradient in adam, beside it in adamw") {
    Params coupled, beside;
    const Var a = parameter(coupled, Matrix(1, 1, {4}), Matrix(1, 1, {0}));
    const Var b = parameter(beside, Matrix(1, 1, {4}), Matrix(1, 1, {0}));
    Optimiser("adam", {.weight_decay = 0.5}).step(coupled, 0.1, 0);
    Optimiser("adamw", {.weight_decay = 0.5}).step(beside, 0.1, 0);
    CHECK(double(a.value()(0, 0)) == doctest::Approx(3.9));
    CHECK(double(b.value()(0, 0)) == doctest::Approx(4 * (1 - 0.1 * 0.5)));
  }
  TEST_CASE("every rule lowers a quadratic and starts again exactly from its entries") {
    for (const char* rule : {"sgd", "adam", "adamw", "lars", "lamb", "adagrad"}) {
      CAPTURE(rule);
      const auto run = [&](std::int64_t pause) {
        Params p;
        Var w = p.constant("w", 3, 2, 2);
        const Optimiser optimiser(rule, {.trust = 0.05});
        for (std::int64_t step = 0; step < 40; ++step) {
          if (step == pause) {  // only what the store names survives
            Params again;
            for (const auto& [name, entry] : p.entries()) {
              const Matrix& v = entry.var.value();
              Var copy =
                  entry.trainable ? again.constant(name, v.rows(), v.cols(), 0) : again.state(name, v.rows(), v.cols());
              copy.value() = v.clone();
            }
            p = again;
            w = p.at("w");
          }
          p.clear_grads();
          w.accumulate(w.value().clone());  // of |w|^2 / 2
          optimiser.step(p, 0.05, step);
        }
        return w.value().clone();
      };
      const Matrix whole = run(-1), resumed = run(17);
      CHECK(std::abs(whole(0, 0)) < 1.9);
      CHECK(std::equal(whole.data(), whole.data() + whole.size(), resumed.data()));
    }
  }
  TEST_CASE("a scope is updated alone") {
    Params p;
    const Var a = (p / "a").constant("w", 1, 1, 1), b = (p / "b").constant("w", 1, 1, 1);
    a.accumulate(Matrix(1, 1, {1})), b.accumulate(Matrix(1, 1, {1}));
    Optimiser("sgd", {.momentum = 0}).step(p / "a", 0.5, 0);
    CHECK(a.value()(0, 0) == Real(0.5));
    CHECK(b.value()(0, 0) == 1);
  }
  TEST_CASE("an unknown rule or schedule is refused and the known ones are named") {
    CHECK_THROWS_WITH_AS(Optimiser("adma"), doctest::Contains("adam"), Error);
    CHECK_THROWS_WITH_AS(Schedule("cosin", 1, 0, 10), doctest::Contains("cosine"), Error);
  }
  TEST_CASE("clipping keeps directions and the largest norm") {
    Params p;
    const Var w = parameter(p, Matrix::zeros(1, 2), Matrix(1, 2, {3, 4}));
    CHECK(clip_gradients(p, 10) == doctest::Approx(5));
    CHECK(w.grad()(0, 0) == 3);
    CHECK(clip_gradients(p, 1) == doctest::Approx(5));
    CHECK(double(w.grad()(0, 0)) == doctest::Approx(0.6));
    CHECK(gradient_norm(p) == doctest::Approx(1));
  }
  TEST_CASE("schedules start, turn and end where they say") {
    const Schedule cosine("cosine", 2, 10, 110);
    CHECK(cosine(0) == 0);
    CHECK(cosine(5) == doctest::Approx(1));
    CHECK(cosine(10) == doctest::Approx(2));
    CHECK(cosine(60) == doctest::Approx(1));
    CHECK(cosine(110) == doctest::Approx(0));
    const Schedule constant("constant", 0.3, 0, 5), step("step", 1, 0, 30);
    CHECK(constant(0) == 0.3);
    CHECK(constant(1000) == 0.3);
    CHECK(step(9) == 1);
    CHECK(step(10) == doctest::Approx(0.1));
    CHECK(step(20) == doctest::Approx(0.01));
    CHECK(polynomial_decay(5, 10, 2, 0.2) == doctest::Approx(0.4));
    CHECK(inverse_square_root(3, 4) == doctest::Approx(0.5));
  }
  TEST_CASE("cross entropy: unlabelled rows, class weights, huge logits") {
    const Var logits(Matrix(3, 2, {1000, 0, -1000, 0, 3, 3}), true);
    CHECK(double(cross_entropy(logits, std::vector<std::int32_t>{0, 1, -1}).scalar()) == doctest::Approx(0));
    CHECK(double(cross_entropy(logits, std::vector<std::int32_t>{-1, -1, 1}).scalar()) == doctest::Approx(std::log(2)));
    const std::vector<std::int32_t> targets{1, 1, 0};
    const Var loss = cross_entropy(logits, targets, {.class_weights = {3, 1}});
    CHECK(double(loss.scalar()) == doctest::Approx((1000 + 3 * std::log(2)) / 5));
    backward(loss);
    CHECK(double(logits.grad()(0, 0)) == doctest::Approx(0.2));
    CHECK(double(logits.grad()(2, 0)) == doctest::Approx(-0.3));
    CHECK(cross_entropy(logits, std::vector<std::int32_t>{-1, -1, -1}).scalar() == 0);
  }
}
