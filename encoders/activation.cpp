#include <pfm/encoders/activation.h>
#include <pfm/kernels/error.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/layers.h>
#include <pfm/nn/ops.h>

#include <map>

namespace pfm {

std::function<Var(const Var&)> activation(const std::string& name, const Params& p) {
  static const std::map<std::string, Var (*)(const Var&)> plain{
      {"none", [](const Var& x) { return x; }},
      {"relu", relu},
      {"leaky_relu", [](const Var& x) { return leaky_relu(x); }},
      {"elu", [](const Var& x) { return elu(x); }},
      {"gelu", gelu},
      {"gelu_tanh", gelu_tanh},
      {"quick_gelu", [](const Var& x) { return scale(silu(scale(x, Real(1.702))), Real(1 / 1.702)); }},
      {"silu", silu},
      {"tanh", [](const Var& x) { return tanh(x); }},
      {"sigmoid", sigmoid},
  };
  if (name == "prelu") return PRelu(p);
  const auto found = plain.find(name);
  if (found != plain.end()) return found->second;
  std::string known = "prelu";
  for (const auto& [other, function] : plain) known += ", " + other;
  throw Error(Fault::usage, "activation: expected one of " + known + ", got \"" + name + "\"");
}

}  // namespace pfm
