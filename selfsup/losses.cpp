// Losses of scores and of paired rows.
#include <pfm/kernels/exponential.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/losses.h>

#include <cmath>
#include <numbers>

namespace pfm {
namespace {

constexpr Offset grain = 16384;

// Sum of log(1 + e^(sign s)) in the fixed tree.
double soft_plus_sum(const Matrix& scores, Real sign) {
  return tree_sum(
      scores.size(), grain,
      [&](Offset begin, Offset end) {
        double sum = 0;
        for (Offset i = begin; i < end; ++i) sum += double(soft_plus(sign * scores.data()[i]));
        return sum;
      },
      [](double& left, double right) { left += right; });
}

// Its gradient times `factor`: factor sign logistic(sign s).
Matrix soft_plus_gradient(const Matrix& scores, Real sign, Real factor) {
  Matrix d(scores.rows(), scores.cols());
  parallel_for(d.size(), grain, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) d.data()[i] = factor * sign * logistic(sign * scores.data()[i]);
  });
  return d;
}

// right sum softplus(-positive) + wrong sum softplus(negative)
Var logistic_sums(const Var& positive, const Var& negative, double right, double wrong) {
  const double value = right * soft_plus_sum(positive.value(), -1) + wrong * soft_plus_sum(negative.value(), 1);
  return Var::record(Matrix(1, 1, {Real(value)}), {positive, negative},
                     [positive, negative, right, wrong](Matrix& grad) {
                       const Real g = grad(0, 0);
                       if (positive.wants_gradient())
                         positive.accumulate(soft_plus_gradient(positive.value(), -1, g * Real(right)));
                       if (negative.wants_gradient())
                         negative.accumulate(soft_plus_gradient(negative.value(), 1, g * Real(wrong)));
                     });
}

Var row_distances(const Var& a, const Var& b) { return sqrt(row_sums(square(subtract(a, b)))); }

}  // namespace

Var dgi_loss(const Var& positive, const Var& negative) {
  const Offset all = positive.value().size() + negative.value().size();
  expect(all > 0, "dgi_loss: at least one score");
  return logistic_sums(positive, negative, 1 / double(all), 1 / double(all));
}

Var logistic_loss(const Var& positive, const Var& negative, Real weight) {
  expect(!positive.value().empty() && !negative.value().empty(), "logistic_loss: scores of both kinds");
  return logistic_sums(positive, negative, 1 / double(positive.value().size()),
                       double(weight) / double(negative.value().size()));
}

Var bpr_loss(const Var& better, const Var& worse) { return mean(softplus(subtract(worse, better))); }

Var margin_loss(const Var& better, const Var& worse, Real margin) {
  return mean(relu(add_scalar(subtract(worse, better), margin)));
}

Var triplet_loss(const Var& anchor, const Var& positive, const Var& negative, Real margin) {
  return margin_loss(row_distances(anchor, negative), row_distances(anchor, positive), margin);
}

namespace {

constexpr double shortest = 1e-12;

// cos of two rows and their inverse lengths.
struct Cosine {
  Real cos, inverse_x, inverse_y;
};

Cosine cosine(std::span<const Real> x, std::span<const Real> y) {
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t j = 0; j < x.size(); ++j) {
    xy += double(x[j]) * double(y[j]);
    xx += double(x[j]) * double(x[j]);
    yy += double(y[j]) * double(y[j]);
  }
  const double ix = 1 / std::max(std::sqrt(xx), shortest), iy = 1 / std::max(std::sqrt(yy), shortest);
  return {Real(xy * ix * iy), Real(ix), Real(iy)};
}

// d cos / dx = y / (|x| |y|) - cos x / |x|^2, times `factor`; of a row that counts as longer than it is the first term.
void cosine_gradient(std::span<const Real> x, std::span<const Real> y, Real factor, Real inverse_x, Real inverse_y,
                     Real cos, std::span<Real> d) {
  const bool is_short = inverse_x >= Real(1 / shortest);
  const Real toward = factor * inverse_x * inverse_y, along = is_short ? 0 : factor * cos * inverse_x * inverse_x;
  for (std::size_t j = 0; j < x.size(); ++j) d[j] = toward * y[j] - along * x[j];
}

double at_least_zero(double x) { return x < 0 ? 0 : x; }  // and not a number where x is not

}  // namespace

Var sce_loss(const Var& x, const Var& y, Real gamma) {
  expect(x.value().same_shape(y.value()) && x.rows() > 0, "sce_loss: equal shapes, at least one row");
  const double sum = tree_sum(
      x.rows(), Offset{256},
      [&](Offset begin, Offset end) {
        double part = 0;
        for (Offset i = begin; i < end; ++i)
          part += std::pow(at_least_zero(1 - double(cosine(x.value().row(i), y.value().row(i)).cos)), double(gamma));
        return part;
      },
      [](double& left, double right) { left += right; });
  return Var::record(Matrix(1, 1, {Real(sum / double(x.rows()))}), {x, y}, [x, y, gamma](Matrix& grad) {
    Matrix dx(x.rows(), x.cols()), dy(y.rows(), y.cols());
    const Real share = -gamma * grad(0, 0) / Real(x.rows());
    parallel_for(x.rows(), Offset{256}, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i) {
        const auto a = x.value().row(i), b = y.value().row(i);
        const Cosine c = cosine(a, b);
        const Real factor = share * std::pow(std::max<Real>(0, 1 - c.cos), gamma - 1);
        cosine_gradient(a, b, factor, c.inverse_x, c.inverse_y, c.cos, dx.row(i));
        cosine_gradient(b, a, factor, c.inverse_y, c.inverse_x, c.cos, dy.row(i));
      }
    });
    if (x.wants_gradient()) x.accumulate(std::move(dx));
    if (y.wants_gradient()) y.accumulate(std::move(dy));
  });
}

Var cosine_loss(const Var& x, const Var& y) { return sce_loss(x, y, 1); }

}  // namespace pfm
