// primitives/: activations, losses and other operations on entries and rows.
#include <pfm/nn/activations.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/parity_primitives.h>

#include <algorithm>

namespace pfm::parity {
namespace {

Run of_x(Var (*op)(const Var&)) {
  return [op](Primitive& p) { return op(p.input("x")); };
}

Var cross_entropy_case(Primitive& p) {
  std::vector<std::int32_t> targets = p.numbers<std::int32_t>("target");
  for (std::int32_t& t : targets) t = std::max(t, -1);  // -100 in the file
  CrossEntropyOptions options{.smoothing = p.option("label_smoothing", 0)};
  if (p.group.has("input/weight")) {
    const Var weights = p.input("weight");
    options.class_weights.assign(weights.value().values().begin(), weights.value().values().end());
  }
  return cross_entropy(p.input("x"), targets, options);
}

Var kl_case(Primitive& p) {
  const Var log_p = log_softmax(p.input("p")), log_q = log_softmax(p.input("q"));
  return scale(sum(hadamard(exp(log_q), subtract(log_q, log_p))), 1 / Real(log_p.rows()));
}

// With c = d cut off at +-beta: c^2 / (2 beta) + |d| - |c|.
Var smooth_l1_case(Primitive& p) {
  const Real beta = p.option("beta");
  const Var d = subtract(p.input("x"), p.input("y")), c = clamp(d, -beta, beta);
  return mean(add(scale(square(c), 1 / (2 * beta)), subtract(abs(d), abs(c))));
}

Var distances_case(Primitive& p) {
  const Var x = p.input("x"), y = p.input("y");
  const Var rows = row_sums(square(x)), columns = reshape(row_sums(square(y)), 1, y.rows());
  return sqrt(add_column(add_row(scale(multiply_transposed(x, y), -2), columns), rows));
}

double tail(const std::string& name) { return std::stod(name.substr(name.rfind('_') + 1)); }

}  // namespace

std::vector<Named> entry_primitives() {
  return {
      {"bce_logits_pos_weight",
       [](Primitive& p) { return bce_with_logits(p.input("x"), p.input("y"), p.option("pos_weight")); }},
      {"cdist", distances_case},
      {"cosine_similarity",
       [](Primitive& p) { return row_dots(l2_normalise(p.input("x")), l2_normalise(p.input("y"))); }},
      {"cross_entropy_ignore", cross_entropy_case},
      {"cross_entropy_smooth", cross_entropy_case},
      {"cross_entropy_weighted", cross_entropy_case},
      {"elu", [](Primitive& p) { return elu(p.input("x")); }},
      {"gelu_erf", of_x(gelu)},
      {"gelu_tanh", of_x(gelu_tanh)},
      {"hardtanh", [](Primitive& p) { return clamp(p.input("x"), -1, 1); }},
      {"kl_div_batchmean", kl_case},
      {"l2_normalize", [](Primitive& p) { return l2_normalise(p.input("x")); }},
      {"leaky_relu_", [](Primitive& p) { return leaky_relu(p.input("x"), Real(tail(p.called))); }},
      {"log_softmax", of_x(log_softmax)},
      {"logsigmoid", [](Primitive& p) { return scale(softplus(scale(p.input("x"), -1)), -1); }},
      {"logsumexp", of_x(log_sum_exp)},
      {"quick_gelu",
       [](Primitive& p) {
         const Var x = p.input("x");
         return hadamard(x, sigmoid(scale(x, Real(1.702))));
       }},
      {"relu", of_x(relu)},
      // Between slopes 1/8 and 1/3: their mean.
      {"rrelu_eval", [](Primitive& p) { return leaky_relu(p.input("x"), Real(11.0 / 48)); }},
      {"scatter_add",
       [](Primitive& p) { return scatter_rows(p.input("x"), p.numbers<NodeId>("index"), Offset(p.option("rows"))); }},
      // Klambauer et al. 2017.
      {"selu",
       [](Primitive& p) { return scale(elu(p.input("x"), Real(1.6732632423543772)), Real(1.0507009873554805)); }},
      {"sigmoid", of_x(sigmoid)},
      {"silu", of_x(silu)},
      {"smooth_l1", smooth_l1_case},
      {"softmax", of_x(softmax)},
      {"softplus", of_x(softplus)},
      {"tanh", of_x(tanh)},
  };
}

}  // namespace pfm::parity
