// Gaussian error linear units (Hendrycks & Gimpel 2016) of one number, as plain arithmetic.
#pragma once
#include <pfm/kernels/exponential.h>

namespace pfm {

// x Phi(x), Phi the normal distribution function.
template <class T>
inline T gelu_of(T x) {
  return T(0.5) * x * (1 + error_function(T(0.70710678118654752) * x));
}

// Its approximation x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
template <class T>
inline T gelu_tanh_of(T x) {
  return x / 2 * (1 + hyperbolic_tangent(T(0.79788456080286536) * (x + T(0.044715) * x * x * x)));
}

}  // namespace pfm
