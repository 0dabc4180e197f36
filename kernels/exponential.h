// The exponential and its relatives as plain arithmetic, so that loops over them vectorise.
#pragma once
#include <bit>
#include <cmath>
#include <cstdint>

namespace pfm {

// e^x = e^rest 2^n with n whole and |rest| <= ln 2 / 2.
struct SplitPower {
  float of_rest;    // e^rest by a polynomial (Cephes expf)
  std::uint32_t n;  // modulo 2^32
};
inline SplitPower split_power(float x) {
  constexpr float round = 12582912.0f;  // 1.5 * 2^23: adding it leaves the nearest whole number in the low bits
  const float shifted = x * 1.44269504088896341f + round, n = shifted - round;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return {p, std::bit_cast<std::uint32_t>(shifted) - std::bit_cast<std::uint32_t>(round)};
}
inline float power_of_two(std::uint32_t n) { return std::bit_cast<float>((n + 127) << 23); }

// e^x within 2 units in the last place; 0 for x < -86, short of what is no normal number, infinity beyond the largest,
// NaN stays NaN. 2^n as 2 and 2^(n - 1), whose exponent fits.
inline float exponential(float x) {
  const SplitPower split = split_power(x > 89.0f ? 89.0f : x);
  const float result = (split.of_rest + split.of_rest) * power_of_two(split.n - 1);
  return x < -86.0f ? 0.0f : result;
}
// The same for x <= 88, where no bound is needed.
inline float falling_exponential(float x) {
  const SplitPower split = split_power(x);
  const float result = split.of_rest * power_of_two(split.n);
  return x < -86.0f ? 0.0f : result;
}
inline double exponential(double x) { return std::exp(x); }
inline double falling_exponential(double x) { return std::exp(x); }

// 1 / (1 + e^-x), never through infinity / infinity.
template <class T>
inline T logistic(T x) {
  const T e = falling_exponential(x < 0 ? x : -x);
  return (x < 0 ? e : T(1)) / (1 + e);
}

// tanh x; near zero by its series (Cephes tanhf), where 1 - 2 / (e^2x + 1) would cancel.
inline float hyperbolic_tangent(float x) {
  const float square = x * x;
  float p = -5.70498872745e-3f;
  p = p * square + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  const float near = x + x * square * p;
  const float size = x < 0 ? -x : x;
  const float far = 1 - 2 / (exponential(2 * size) + 1);
  return size < 0.625f ? near : x < 0 ? -far : far;
}
inline double hyperbolic_tangent(double x) { return std::tanh(x); }

// log(1 + x) for x in [0, 1]: 2 artanh(s), s = x / (2 + x), by its series; no digits are lost for small x.
inline float log_one_plus(float x) {
  const float s = x / (2 + x), z = s * s;
  float p = 1.0f / 15;
  p = p * z + 1.0f / 13;
  p = p * z + 1.0f / 11;
  p = p * z + 1.0f / 9;
  p = p * z + 1.0f / 7;
  p = p * z + 1.0f / 5;
  p = p * z + 1.0f / 3;
  p = p * z + 1;
  return 2 * s * p;
}
inline double log_one_plus(double x) { return std::log1p(x); }

// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|).
template <class T>
inline T soft_plus(T x) {
  const T negative = x > 0 ? -x : x;
  return (x > 0 ? x : T(0)) + log_one_plus(falling_exponential(negative));
}

}  // namespace pfm
