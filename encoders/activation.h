// From the name of an activation to a function.
#pragma once
#include <pfm/nn/params.h>

#include <functional>
#include <string>

namespace pfm {

// none, relu, leaky_relu, elu, gelu, gelu_tanh, quick_gelu (x sigmoid(1.702 x)), silu, tanh, sigmoid, or prelu, which
// owns the parameter "slope".
// Another name is the user's fault.
std::function<Var(const Var&)> activation(const std::string& name, const Params& p);

}  // namespace pfm
