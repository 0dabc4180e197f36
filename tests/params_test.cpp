#include <doctest/doctest.h>
#include <pfm/nn/starts.h>

#include <algorithm>
#include <cmath>

using namespace pfm;

TEST_SUITE("params") {
  TEST_CASE("a start depends on seed and name, not on the order of making") {
    const Params one(Rng(3)), other(Rng(3)), elsewhere(Rng(4));
    (one / "a").glorot("weight", 8, 6);
    const Var first = (one / "b").glorot("weight", 8, 6), second = (other / "b").glorot("weight", 8, 6);
    CHECK(std::ranges::equal(first.value().values(), second.value().values()));
    CHECK(!std::ranges::equal(first.value().values(), one.at("a.weight").value().values()));
    CHECK(!std::ranges::equal(first.value().values(), (elsewhere / "b").glorot("weight", 8, 6).value().values()));
  }
  TEST_CASE("Glorot bounds") {
    const Var made = Params().glorot("w", 200, 100);
    const Matrix& w = made.value();
    const double bound = std::sqrt(6.0 / 300);
    double squares = 0;
    for (const Real v : w.values()) {
      CHECK_UNARY(std::abs(double(v)) <= bound);
      squares += double(v) * double(v);
    }
    CHECK(squares / double(w.size()) == doctest::Approx(bound * bound / 3).epsilon(0.02));
  }
  TEST_CASE("weights and biases of PyTorch's Linear start uniform within 1 / sqrt(in)") {
    const Params p;
    start_uniform_weight(p, 400, 30), start_uniform_bias(p, 400, 3000);
    CHECK_THROWS_AS(start_uniform_bias(p, 400, 3000), std::logic_error);  // after what took it up
    CHECK((p.at("weight").rows() == 400 && p.at("weight").cols() == 30 && p.at("bias").rows() == 1));
    for (const char* name : {"weight", "bias"}) {
      double squares = 0;
      for (const Real v : p.at(name).value().values()) {
        CHECK_UNARY(std::abs(double(v)) <= 0.05);
        squares += double(v) * double(v);
      }
      CHECK(squares / double(p.at(name).value().size()) == doctest::Approx(0.05 * 0.05 / 3).epsilon(0.05));
    }
  }
  TEST_CASE("asking again gives the same parameter, another shape is refused") {
    const Params p;
    Var w = p.constant("w", 2, 3, 1);
    w.value()(0, 0) = 9;
    CHECK(p.constant("w", 2, 3, 1).value()(0, 0) == 9);
    CHECK(p.at("w").value()(0, 0) == 9);
    CHECK_THROWS_AS(p.constant("w", 3, 2, 1), std::logic_error);
    CHECK_THROWS_AS(p.at("absent"), std::logic_error);
  }
  TEST_CASE("scopes, freezing and counting") {
    const Params p;
    (p / "encoder").constant("weight", 2, 3, 0);
    (p / "head").constant("weight", 5, 1, 0);
    p.state("count", 1, 1);
    CHECK(p.count() == 11);
    CHECK(p.trainable() == std::vector<std::string>{"encoder.weight", "head.weight"});
    CHECK((p / "head").trainable() == std::vector<std::string>{"head.weight"});
    p.freeze("encoder");
    CHECK(p.count() == 5);
    CHECK(p.has("encoder.weight"));
    CHECK((p / "encoder").whole().has("head.weight"));
  }
}
