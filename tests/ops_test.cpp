// Every operation of the table: values against the definition, gradients against central differences, the same bits at
// any thread count; and what must not break at the ends of the number range.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/random.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/tests/op_cases.h>

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace pfm;

namespace {

constexpr bool is_double = sizeof(Real) == 8;
constexpr Sizes small{13, 5, 4};

std::vector<Var> leaves(const std::vector<Matrix>& inputs) {
  std::vector<Var> vars;
  for (const Matrix& m : inputs) vars.emplace_back(m.clone(), true);
  return vars;
}

// sum(out * cotangent) with a cotangent that is the same every time.
Var weighted_sum(const Var& out) {
  Matrix cotangent(out.rows(), out.cols());
  for (Offset i = 0; i < cotangent.size(); ++i) cotangent.data()[i] = Real(Rng(17).normal(std::uint64_t(i)));
  return sum(hadamard(out, Var(std::move(cotangent))));
}

double loss_of(const OpCase& one, const std::vector<Matrix>& inputs) {
  return double(weighted_sum(one.op(leaves(inputs))).scalar());
}

// The largest gap between the gradient and central differences, as a share of the largest entry (at least 1).
double gradient_gap(const OpCase& one) {
  std::vector<Matrix> inputs = inputs_of(one, 1);
  const std::vector<Var> vars = leaves(inputs);
  backward(weighted_sum(one.op(vars)));
  double gap = 0, largest = 1;
  for (std::size_t v = 0; v < inputs.size(); ++v)
    for (Offset i = 0; i < inputs[v].size(); ++i) {
      Real& x = inputs[v].data()[i];
      const Real kept = x, h = Real(1e-5);
      x = kept + h;
      const double up = loss_of(one, inputs);
      x = kept - h;
      const double down = loss_of(one, inputs);
      x = kept;
      const double found = vars[v].grad().empty() ? 0 : double(vars[v].grad().data()[i]);
      largest = std::max(largest, std::abs(found));
      const double difference = std::abs(found - (up - down) / (2 * double(h)));
      gap = difference <= gap ? gap : std::isnan(difference) ? HUGE_VAL : difference;
    }
  return gap / largest;
}

bool same_bits(const Matrix& a, const Matrix& b) {
  return a.same_shape(b) && std::memcmp(a.data(), b.data(), std::size_t(a.size()) * sizeof(Real)) == 0;
}

// Value and gradients at a thread count.
std::vector<Matrix> results(const OpCase& one, int threads) {
  const Threads limit(threads);
  const std::vector<Var> vars = leaves(inputs_of(one, 2));
  const Var out = one.op(vars);
  std::vector<Matrix> all;
  all.push_back(out.value().clone());
  backward(weighted_sum(out));
  for (const Var& v : vars) all.push_back(v.grad().clone());
  return all;
}

}  // namespace

TEST_SUITE("ops") {
  TEST_CASE("values follow the definitions") {
    for (const OpCase& one : op_cases(small)) {
      CAPTURE(one.name);
      const std::vector<Matrix> inputs = inputs_of(one, 1);
      const Var out = one.op(leaves(inputs));
      const Matrix expected = one.reference(inputs);
      REQUIRE(out.value().same_shape(expected));
      double gap = 0, largest = 1;
      for (Offset i = 0; i < expected.size(); ++i) {
        largest = std::max(largest, std::abs(double(expected.data()[i])));
        gap = std::max(gap, std::abs(double(out.value().data()[i]) - double(expected.data()[i])));
      }
      CHECK(gap / largest < (is_double ? 1e-13 : 1e-6));
    }
  }
  TEST_CASE("gradients are those of central differences") {
    if (!is_double) {
      fmt::print("ops: gradient checks skipped, they need the double build\n");
      return;
    }
    double worst = 0;
    for (const OpCase& one : op_cases(small)) {
      CAPTURE(one.name);
      const double gap = gradient_gap(one);
      CHECK(gap < 1e-6);
      worst = std::max(worst, gap);
    }
    fmt::print("ops: {} operations, largest gap of a gradient {:.1e}\n", op_cases(small).size(), worst);
  }
  TEST_CASE("a wrong gradient is found") {
    if (!is_double) return;
    OpCase wrong = entry_cases(small).front();
    wrong.op = [](const std::vector<Var>& in) {
      Matrix out(in[0].rows(), in[0].cols());
      for (Offset i = 0; i < out.size(); ++i) out.data()[i] = std::sin(in[0].value().data()[i]);
      return Var::record(std::move(out), {in[0]}, [a = in[0]](const Matrix& y, Matrix&) { a.accumulate(y.clone()); });
    };
    CHECK(gradient_gap(wrong) > 1e-3);
  }
  TEST_CASE("the same bits at 1 and 2 threads") {
    for (const OpCase& one : op_cases({3001, 67, 33})) {
      CAPTURE(one.name);
      const std::vector<Matrix> alone = results(one, 1), together = results(one, 2);
      for (std::size_t i = 0; i < alone.size(); ++i) CHECK(same_bits(alone[i], together[i]));
    }
  }
  TEST_CASE("nothing overflows at +-100, nothing divides by a zero norm") {
    const auto finite = [](const Var& in, const Var& out) {
      backward(sum(out));
      const auto good = [](Real v) { return std::isfinite(v); };
      return std::ranges::all_of(out.value().values(), good) && std::ranges::all_of(in.grad().values(), good);
    };
    const auto extremes = [] { return Var(Matrix(3, 2, {100, -100, 0, 0, -100, -100}), true); };
    for (Var (*op)(const Var&) : {sigmoid, tanh, softplus, silu, gelu, gelu_tanh, softmax, log_softmax, log_sum_exp}) {
      const Var in = extremes();
      CHECK(finite(in, op(in)));
    }
    const Var a = extremes(), b = extremes(), c = extremes(), d(Matrix::zeros(3, 2), true);
    CHECK(finite(a, elu(a)));
    CHECK(finite(b, l2_normalise(b)));
    CHECK(finite(c, layer_norm(c, {}, {})));
    CHECK(finite(d, batch_norm(d, {}, {}, {}, {})));
    CHECK(double(softplus(Var(Matrix(1, 2, {100, -100}))).value()(0, 0)) == 100);
    CHECK(double(sigmoid(Var(Matrix(1, 1, {-100}))).value()(0, 0)) == doctest::Approx(std::exp(-100.0)).epsilon(1e-5));
    CHECK(l2_normalise(Var(Matrix::zeros(1, 2))).value()(0, 1) == 0);
  }
  TEST_CASE("dropout keeps the mean and the share it says") {
    const Var ones(Matrix::filled(1000, 50, 1));
    const Var out = dropout(ones, Real(0.3), Rng(4));
    CHECK(double(mean(out).scalar()) == doctest::Approx(1).epsilon(0.01));
    CHECK(double(std::ranges::count(out.value().values(), Real(0))) == doctest::Approx(15000).epsilon(0.02));
  }
}
