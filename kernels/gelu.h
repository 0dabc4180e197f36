// Gaussian error linear units (Hendrycks & Gimpel 2016) of one number, as plain arithmetic.
#pragma once
#include <pfm/kernels/exponential.h>

namespace pfm {

// The normal distribution function Phi(x), given e^(-x^2 / 2): within 1e-7, its left tail without cancellation
// (Abramowitz & Stegun 1964, 7.1.26).
inline float normal_share(float x, float bell) {
  const float size = x < 0 ? -x : x, t = 1 / (1 + 0.23164189f * size);
  float p = 0.5307027145f;
  p = p * t - 0.726576014f;
  p = p * t + 0.7107068705f;
  p = p * t - 0.142248368f;
  p = p * t + 0.127414796f;
  const float tail = p * t * bell;
  return x < 0 ? tail : 1 - tail;
}
inline double normal_share(double x, double) { return std::erfc(-x * 0.70710678118654752) / 2; }

// x Phi(x).
template <class T>
inline T gelu_of(T x) {
  return x * normal_share(x, falling_exponential(-x * x / 2));
}

// Its approximation x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))).
template <class T>
inline T gelu_tanh_of(T x) {
  return x / 2 * (1 + hyperbolic_tangent(T(0.79788456080286536) * (x + T(0.044715) * x * x * x)));
}

// Their derivatives beside them, from the same exponential.
template <class T>
struct WithSlope {
  T value, slope;
};
template <class T>
inline WithSlope<T> gelu_with_slope(T x) {
  const T bell = falling_exponential(-x * x / 2), phi = normal_share(x, bell);
  return {x * phi, phi + x * T(0.39894228040143268) * bell};
}
template <class T>
inline WithSlope<T> gelu_tanh_with_slope(T x) {
  constexpr T c = T(0.79788456080286536), d = T(0.044715);
  const T t = hyperbolic_tangent(c * (x + d * x * x * x));
  return {x / 2 * (1 + t), (1 + t) / 2 + x / 2 * (1 - t * t) * c * (1 + 3 * d * x * x)};
}

}  // namespace pfm
