#include <pfm/kernels/random.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/ops.h>
#include <pfm/tests/op_cases.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace pfm {
namespace {

using Vars = std::vector<Var>;
using Matrices = std::vector<Matrix>;
using Scalar = double (*)(double);

// f(x) of every entry.
auto of_entry(std::function<double(double)> f) {
  return [f](const Matrices& in) {
    Matrix out(in[0].rows(), in[0].cols());
    std::ranges::transform(in[0].values(), out.data(), [&](Real x) { return Real(f(double(x))); });
    return out;
  };
}

// f(x, y), y from a matrix, a row, a column or a single entry.
auto of_entries(std::function<double(double, double)> f) {
  return [f](const Matrices& in) {
    Matrix out(in[0].rows(), in[0].cols());
    for (Offset i = 0; i < out.rows(); ++i)
      for (Offset j = 0; j < out.cols(); ++j)
        out(i, j) = Real(f(double(in[0](i, j)), double(in[1](in[1].rows() == 1 ? 0 : i, in[1].cols() == 1 ? 0 : j))));
    return out;
  };
}

double normal_share(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }
double logistic_of(double x) { return 1 / (1 + std::exp(-x)); }
double leaky(double x, double slope) { return x > 0 ? x : slope * x; }

}  // namespace

std::vector<OpCase> entry_cases(const Sizes& z) {
  const OpInput a{z.n, z.k}, positive{z.n, z.k, Domain::positive}, row{1, z.k}, column{z.n, 1}, one{1, 1};
  std::vector<OpCase> all;
  const auto unary = [&](const char* name, OpInput input, std::function<Var(const Var&)> op,
                         std::function<double(double)> f) {
    all.push_back({name, {input}, [op](const Vars& in) { return op(in[0]); }, of_entry(std::move(f))});
  };
  const auto binary = [&](const char* name, OpInput second, Var (*op)(const Var&, const Var&),
                          std::function<double(double, double)> f) {
    all.push_back({name, {a, second}, [op](const Vars& in) { return op(in[0], in[1]); }, of_entries(std::move(f))});
  };
  binary("add", a, add, [](double x, double y) { return x + y; });
  binary("subtract", a, subtract, [](double x, double y) { return x - y; });
  binary("hadamard", a, hadamard, [](double x, double y) { return x * y; });
  binary("divide", positive, divide, [](double x, double y) { return x / y; });
  binary("add_row", row, add_row, [](double x, double y) { return x + y; });
  binary("multiply_row", row, multiply_row, [](double x, double y) { return x * y; });
  binary("add_column", column, add_column, [](double x, double y) { return x + y; });
  binary("multiply_column", column, multiply_column, [](double x, double y) { return x * y; });
  binary("prelu shared", one, prelu, leaky);
  binary("prelu by column", row, prelu, leaky);

  unary(
      "scale", a, [](const Var& x) { return scale(x, Real(-1.5)); }, [](double x) { return -1.5 * x; });
  unary(
      "add_scalar", a, [](const Var& x) { return add_scalar(x, 3); }, [](double x) { return x + 3; });
  unary("exp", a, exp, Scalar(std::exp));
  unary("log", positive, log, Scalar(std::log));
  unary("abs", a, abs, Scalar(std::abs));
  unary("sqrt", positive, sqrt, Scalar(std::sqrt));
  unary("square", a, square, [](double x) { return x * x; });
  unary(
      "power", positive, [](const Var& x) { return power(x, Real(2.5)); }, [](double x) { return std::pow(x, 2.5); });
  unary(
      "clamp", a, [](const Var& x) { return clamp(x, Real(-0.7), 1); },
      [](double x) { return std::clamp(x, double(Real(-0.7)), 1.0); });
  unary("relu", a, relu, [](double x) { return std::max(x, 0.0); });
  unary(
      "leaky_relu", a, [](const Var& x) { return leaky_relu(x, Real(0.25)); }, [](double x) { return leaky(x, 0.25); });
  unary(
      "elu", a, [](const Var& x) { return elu(x, Real(1.5)); },
      [](double x) { return x > 0 ? x : 1.5 * std::expm1(x); });
  unary("gelu", a, gelu, [](double x) { return x * normal_share(x); });
  unary("gelu_tanh", a, gelu_tanh,
        [](double x) { return x / 2 * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x))); });
  unary("silu", a, silu, [](double x) { return x * logistic_of(x); });
  unary("sigmoid", a, sigmoid, logistic_of);
  unary("tanh", a, tanh, Scalar(std::tanh));
  unary("softplus", a, softplus, [](double x) { return std::log1p(std::exp(x)); });

  all.push_back({"add_row_prelu",
                 {a, row, one},
                 [](const Vars& in) { return add_row_prelu(in[0], in[1], in[2]); },
                 [](const Matrices& in) {
                   Matrix out(in[0].rows(), in[0].cols());
                   for (Offset i = 0; i < out.rows(); ++i)
                     for (Offset j = 0; j < out.cols(); ++j)
                       out(i, j) = Real(leaky(double(in[0](i, j)) + double(in[1](0, j)), double(in[2](0, 0))));
                   return out;
                 }});
  all.push_back({"dropout",
                 {a},
                 [](const Vars& in) { return dropout(in[0], Real(0.25), Rng(7)); },
                 [](const Matrices& in) {
                   Matrix out(in[0].rows(), in[0].cols());
                   for (Offset i = 0; i < out.size(); ++i) {
                     const double draw = double(Rng(7).block(std::uint64_t(i / 4))[std::size_t(i % 4)]) / 4294967296.0;
                     out.data()[i] = draw < 0.25 ? 0 : Real(double(in[0].data()[i]) / 0.75);
                   }
                   return out;
                 }});
  return all;
}

}  // namespace pfm
