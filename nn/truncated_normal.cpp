#include <pfm/kernels/parallel.h>
#include <pfm/nn/truncated_normal.h>

#include <cmath>

namespace pfm {

// The inverse of the error function for |x| < 0.9966, to single precision (Giles 2010, "Approximating the erfinv
// function", the central branch of its table 5).
static double central_inverse_erf(double x) {
  const double w = -std::log(1 - x * x) - 2.5;
  double p = 2.81022636e-08;
  for (const double c : {3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503, -0.00417768164,
                         0.246640727, 1.50140941})
    p = p * w + c;
  return p * x;
}

// The distribution function turned round, of uniform numbers in (-1, 1).
Var truncated_normal(const Params& p, const std::string& name, Offset rows, Offset cols, double deviation) {
  const bool there = p.has(name);
  Var weights = p.uniform(name, rows, cols, 1);
  if (there) return weights;
  const double within = std::erf(std::sqrt(2.0)), factor = std::sqrt(2.0) * deviation;
  Real* values = weights.value().data();
  parallel_for(rows * cols, 65536, [=](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) values[i] = Real(factor * central_inverse_erf(within * double(values[i])));
  });
  return weights;
}

}  // namespace pfm
