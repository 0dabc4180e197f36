#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/losses.h>

#include <cmath>

namespace pfm {

static Real softplus(Real x) { return std::max<Real>(x, 0) + std::log1p(std::exp(-std::abs(x))); }
static Real logistic(Real x) { return x >= 0 ? 1 / (1 + std::exp(-x)) : std::exp(x) / (1 + std::exp(x)); }

// Sum of softplus(sign x) over all entries.
static Real softplus_sum(const Matrix& x, Real sign) {
  return tree_sum(
      x.size(), row_block,
      [&](Offset begin, Offset end) {
        Real sum = 0;
        for (Offset i = begin; i < end; ++i) sum += softplus(sign * x.data()[i]);
        return sum;
      },
      [](Real& left, Real right) { left += right; });
}

static Matrix softplus_gradient(const Matrix& x, Real sign, Real factor) {
  Matrix out(x.rows(), x.cols());
  parallel_for(x.size(), row_block, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) out.data()[i] = sign * factor * logistic(sign * x.data()[i]);
  });
  return out;
}

Var dgi_loss(const Var& positive, const Var& negative) {
  const Real terms = Real(positive.value().size() + negative.value().size());
  const Real sum = softplus_sum(positive.value(), -1) + softplus_sum(negative.value(), 1);
  return Var::record(Matrix(1, 1, {sum / terms}), {positive, negative}, [=](const Matrix& grad) {
    positive.accumulate(softplus_gradient(positive.value(), -1, grad(0, 0) / terms));
    negative.accumulate(softplus_gradient(negative.value(), 1, grad(0, 0) / terms));
  });
}

}  // namespace pfm
