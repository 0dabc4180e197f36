// Losses that look at columns: Barlow Twins and VICReg.
#include <pfm/nn/activations.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/losses.h>

namespace pfm {
namespace {

// diagonal sum_i (c_ii - target)^2 + others sum_{i != j} c_ij^2.  [d, d] -> [1, 1]
Var squares(const Var& c, Real target, Real diagonal, Real others) {
  const Offset d = c.rows();
  double value = 0;
  for (Offset i = 0; i < d; ++i)
    for (Offset j = 0; j < d; ++j) {
      const double gap = double(c.value()(i, j)) - (i == j ? double(target) : 0);
      value += double(i == j ? diagonal : others) * gap * gap;
    }
  return Var::record(Matrix(1, 1, {Real(value)}), {c}, [=](Matrix& grad) {
    Matrix dc(c.rows(), c.cols());
    for (Offset i = 0; i < dc.rows(); ++i)
      for (Offset j = 0; j < dc.cols(); ++j)
        dc(i, j) = 2 * grad(0, 0) * (i == j ? diagonal * (c.value()(i, j) - target) : others * c.value()(i, j));
    c.accumulate(std::move(dc));
  });
}

Var standardised(const Var& x) { return batch_norm(x, Var(), Var(), Var(), Var()); }

// The terms of one branch of VICReg.
Var spread(const Var& x, const VicregWeights& weights) {
  const Real n = Real(x.rows()), d = Real(x.cols());
  const Var centred = add_row(x, scale(mean_rows(x), -1));
  const Var variances = scale(sum_rows(square(centred)), 1 / (n - 1));
  const Var deviations = sqrt(add_scalar(variances, Real(1e-4)));
  const Var hinge = mean(relu(add_scalar(scale(deviations, -1), 1)));
  const Var covariance = scale(transposed_multiply(centred, centred), 1 / (n - 1));
  return add(scale(hinge, weights.variance / 2), squares(covariance, 0, 0, weights.covariance / d));
}

}  // namespace

Var barlow_twins(const Var& x, const Var& y, Real lambda) {
  expect(x.value().same_shape(y.value()) && x.rows() > 0, "barlow_twins: equal shapes, at least one row");
  const Var c = scale(transposed_multiply(standardised(x), standardised(y)), 1 / Real(x.rows()));
  return squares(c, 1, 1, lambda);
}

Var vicreg(const Var& x, const Var& y, VicregWeights weights) {
  expect(x.value().same_shape(y.value()) && x.rows() > 1, "vicreg: equal shapes, at least two rows");
  const Var apart = scale(mean(square(subtract(x, y))), weights.invariance);
  return add(apart, add(spread(x, weights), spread(y, weights)));
}

}  // namespace pfm
