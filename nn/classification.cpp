#include <pfm/kernels/exponential.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/classification.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

// What one row asks for: weight[i] (0 = left out) and the spread of a smoothed target, which takes
// -sum_j spread_j log softmax_j with spread_j = weights[j] smoothing / k, and (1 - smoothing) weights[target] on top.
struct Goal {
  std::vector<std::int32_t> targets;
  std::vector<Real> class_weights;  // [k]
  Real smoothing;
  Real spread_sum;  // sum of spread
  Real spread(Offset j) const { return smoothing * class_weights[std::size_t(j)] / Real(class_weights.size()); }
  Real on_target(std::int32_t t) const { return (1 - smoothing) * class_weights[std::size_t(t)]; }
};

double row_loss(std::span<const Real> logits, std::int32_t target, Real log_sum, const Goal& goal) {
  double loss = double(goal.on_target(target)) * double(log_sum - logits[std::size_t(target)]);
  if (goal.smoothing > 0)
    for (std::size_t j = 0; j < logits.size(); ++j)
      loss += double(goal.spread(Offset(j))) * double(log_sum - logits[j]);
  return loss;
}

}  // namespace

Var cross_entropy(const Var& logits, std::span<const std::int32_t> targets, const CrossEntropyOptions& options) {
  const Offset n = logits.rows(), k = logits.cols();
  expect(Offset(targets.size()) == n, "cross_entropy: one target per row");
  expect(std::ranges::all_of(targets, [k](std::int32_t t) { return t < k; }), "cross_entropy: targets below k");
  expect(options.class_weights.empty() || Offset(options.class_weights.size()) == k, "cross_entropy: weights [k]");
  Goal goal{{targets.begin(), targets.end()}, options.class_weights, options.smoothing, 0};
  if (goal.class_weights.empty()) goal.class_weights.assign(std::size_t(k), 1);
  for (Offset j = 0; j < k; ++j) goal.spread_sum += goal.spread(j);
  double weight = 0;
  for (const std::int32_t t : targets) weight += t < 0 ? 0 : double(goal.class_weights[std::size_t(t)]);
  const double share = weight > 0 ? 1 / weight : 0;
  Matrix log_sums = row_log_sum_exp(logits.value());
  const double loss = tree_sum(
      n, row_block,
      [&](Offset begin, Offset end) {
        double sum = 0;
        for (Offset i = begin; i < end; ++i)
          if (targets[std::size_t(i)] >= 0)
            sum += row_loss(logits.value().row(i), targets[std::size_t(i)], log_sums(i, 0), goal);
        return sum;
      },
      [](double& left, double right) { left += right; });
  auto kept = std::make_shared<const Matrix>(std::move(log_sums));
  return Var::record(
      Matrix(1, 1, {Real(share * loss)}), {logits}, [logits, goal = std::move(goal), share, kept](const Matrix& grad) {
        const Offset columns = logits.cols();
        const Real factor = Real(share) * grad(0, 0);
        Matrix d(logits.rows(), columns);
        parallel_for(d.rows(), rows_per_block(columns), [&](Offset begin, Offset end) {
          for (Offset i = begin; i < end; ++i) {
            const std::int32_t target = goal.targets[std::size_t(i)];
            if (target < 0) {
              std::ranges::fill(d.row(i), Real(0));
              continue;
            }
            const Real all = factor * (goal.on_target(target) + goal.spread_sum), log_sum = (*kept)(i, 0);
            Real* __restrict out = d.data() + i * columns;
            const Real* __restrict x = logits.value().data() + i * columns;
            for (Offset j = 0; j < columns; ++j) out[j] = all * falling_exponential(x[j] - log_sum);
            d(i, target) -= factor * goal.on_target(target);
            if (goal.smoothing > 0)
              for (Offset j = 0; j < columns; ++j) d(i, j) -= factor * goal.spread(j);
          }
        });
        logits.accumulate(std::move(d));
      });
}

Var bce_with_logits(const Var& logits, const Var& targets, Real positive_weight) {
  expect(logits.value().same_shape(targets.value()), "bce_with_logits: equal shapes");
  const Offset size = logits.value().size();
  expect(size > 0, "bce_with_logits: at least one entry");
  const Real *x = logits.value().data(), *y = targets.value().data();
  Matrix terms(logits.rows(), logits.cols());
  parallel_for(size, 16384, [&, t = terms.data()](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i)
      t[i] = positive_weight * y[i] * soft_plus(-x[i]) + (1 - y[i]) * soft_plus(x[i]);
  });
  const double loss = total(terms);
  return Var::record(Matrix(1, 1, {Real(loss / double(size))}), {logits, targets},
                     [logits, targets, positive_weight](const Matrix& grad) {
                       const Offset count = logits.value().size();
                       const Real factor = grad(0, 0) / Real(count), *in = logits.value().data(),
                                  *to = targets.value().data();
                       const auto entries = [&](const Var& which, auto derivative) {
                         if (!which.wants_gradient()) return;
                         Matrix d(which.rows(), which.cols());
                         parallel_for(count, 16384, [&, out = d.data()](Offset begin, Offset end) {
                           for (Offset i = begin; i < end; ++i) out[i] = factor * derivative(in[i], to[i]);
                         });
                         which.accumulate(std::move(d));
                       };
                       entries(logits, [=](Real v, Real t) {
                         const Real p = logistic(v);
                         return (1 - t) * p - positive_weight * t * (1 - p);
                       });
                       entries(targets, [=](Real v, Real) { return positive_weight * soft_plus(-v) - soft_plus(v); });
                     });
}

}  // namespace pfm
