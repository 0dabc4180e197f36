#include <pfm/kernels/exponential.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/selfsup/probe.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

// Weights of repeat r are rows [r classes, (r + 1) classes), a function of (rng, r) alone.
Matrix glorot_starts(Offset d, int classes, int repeats, Rng rng) {
  Matrix start(Offset(repeats) * classes, d);
  const double bound = std::sqrt(6.0 / double(d + classes));
  parallel_for(start.rows(), 8, [&](Offset begin, Offset end) {
    for (Offset row = begin; row < end; ++row) {
      const Rng own = rng.split(std::uint64_t(row / classes));
      for (Offset i = 0; i < d; ++i)
        start(row, i) = Real(bound * (2 * own.uniform(std::uint64_t(i * classes + row % classes)) - 1));
    }
  });
  return start;
}

Matrix transposed(const Matrix& a) {
  Matrix out(a.cols(), a.rows());
  parallel_for(a.cols(), 16, [&](Offset begin, Offset end) {
    for (Offset i = 0; i < a.rows(); ++i)
      for (Offset j = begin; j < end; ++j) out(j, i) = a(i, j);
  });
  return out;
}

void add_to_columns(Matrix& z, const Matrix& column) {
  for (Offset i = 0; i < z.rows(); ++i)
    for (Real& v : z.row(i)) v += column(i, 0);
}

// Scores [classes, n] from `first` on become (softmax - one-hot) / n.
void to_gradient(Matrix& z, Offset first, std::span<const std::int32_t> target, int classes) {
  const Offset n = z.cols();
  std::vector<Real> top(z.row(first).begin(), z.row(first).end()), sum(std::size_t(n), 0);
  for (Offset c = 1; c < classes; ++c)
    for (Offset j = 0; j < n; ++j) top[std::size_t(j)] = std::max(top[std::size_t(j)], z(first + c, j));
  for (Offset c = 0; c < classes; ++c) {
    Real* row = &z(first + c, 0);
    for (Offset j = 0; j < n; ++j) row[j] = exponential(row[j] - top[std::size_t(j)]);
    for (Offset j = 0; j < n; ++j) sum[std::size_t(j)] += row[j];
  }
  for (Offset j = 0; j < n; ++j) sum[std::size_t(j)] = 1 / (sum[std::size_t(j)] * Real(n));
  for (Offset c = 0; c < classes; ++c)
    for (Offset j = 0; j < n; ++j) z(first + c, j) *= sum[std::size_t(j)];
  for (Offset j = 0; j < n; ++j) z(first + target[std::size_t(j)], j) -= 1 / Real(n);
}

std::vector<std::int32_t> gathered(std::span<const std::int32_t> classes, std::span<const NodeId> ids) {
  std::vector<std::int32_t> result;
  for (const NodeId id : ids) result.push_back(classes[id]);
  return result;
}

// weights x^T for rows that are read once, as they are: [p, d] -> [p, n]
Matrix scores_of(const Features& x, const Matrix& weights) {
  return x.is_dense() ? multiply_transposed(weights, x.dense()) : transposed(multiply(x, transposed(weights)));
}

// Percent of rows that each classifier gets right, the first of equal scores counting, [repeats].
// scores [repeats classes, n] before the bias
std::vector<double> accuracy(Matrix scores, const Matrix& bias, std::span<const std::int32_t> target, int classes) {
  add_to_columns(scores, bias);
  std::vector<double> right;
  for (Offset first = 0; first < scores.rows(); first += classes) {
    Offset count = 0;
    for (Offset j = 0; j < scores.cols(); ++j) {
      Offset best = 0;
      for (Offset c = 1; c < classes; ++c)
        if (scores(first + c, j) > scores(first + best, j)) best = c;
      count += best == target[std::size_t(j)];
    }
    right.push_back(100 * double(count) / double(std::max<Offset>(1, scores.cols())));
  }
  return right;
}

void keep_rows(const Matrix& from, Matrix& to, Offset first, Offset count) {
  std::copy_n(&from(first, 0), count * from.cols(), &to(first, 0));
}

}  // namespace

ProbeRows::ProbeRows(const Features& x) : x_(x) {
  const bool full = x.is_sparse() && 8 * x.density() > 1;
  if (full) x_ = Features(x.as_dense());
  transposed_ = x_.is_dense() ? Features(transposed(x_.dense())) : Features(x_.as_sparse().transpose());
}

Matrix ProbeRows::scores(const Matrix& weights) const {
  if (x_.is_dense()) return multiply(weights, transposed_.dense());
  return transposed(multiply(x_, transposed(weights)));
}

Matrix ProbeRows::gradient(const Matrix& by_score) const {
  if (x_.is_dense()) return multiply(by_score, x_.dense());
  return transposed(multiply(transposed_, transposed(by_score)));
}

ProbeTraining::ProbeTraining(const Features& x, std::span<const std::int32_t> classes, int class_count, Matrix start,
                             const Probe& probe)
    : rows_(x),
      classes_(classes.begin(), classes.end()),
      class_count_(class_count),
      lr_(probe.lr),
      weights_(params_.constant("weights", start.rows(), start.cols(), 0)),
      bias_(params_.constant("bias", start.rows(), 1, 0)),
      optimiser_("adam", {.weight_decay = probe.weight_decay}) {
  expect(start.cols() == x.cols() && start.rows() % class_count == 0, "ProbeTraining: start [repeats classes, d]");
  weights_.value() = std::move(start);
}

void ProbeTraining::step() {
  Matrix dz = rows_.scores(weights());
  add_to_columns(dz, bias());
  parallel_blocks(dz.rows() / class_count_,
                  [&](Offset r) { to_gradient(dz, r * class_count_, classes_, class_count_); });
  params_.clear_grads();
  weights_.accumulate(rows_.gradient(dz));
  bias_.accumulate(row_sums(dz));
  optimiser_.step(params_, lr_, done_++);
}

ProbeAccuracy softmax_probe(const Features& x, std::span<const std::int32_t> labels, const Split& split,
                            const Probe& probe, Rng rng) {
  const int classes = labels.empty() ? 0 : 1 + *std::ranges::max_element(labels);
  expect(classes > 0 && !split.train.empty() && !split.test.empty(),
         "softmax_probe: classes, a training and a test part");
  ProbeTraining training(x.gather(split.train), gathered(labels, split.train), classes,
                         glorot_starts(x.cols(), classes, probe.repeats, rng), probe);
  const ProbeRows valid(x.gather(split.validation));
  const auto valid_classes = gathered(labels, split.validation), test_classes = gathered(labels, split.test);
  Matrix best_weights = training.weights().clone(), best_bias = training.bias().clone();
  std::vector<double> best(std::size_t(probe.repeats), -1);
  for (int step = 0; step < probe.steps; ++step) {
    training.step();
    if (valid_classes.empty()) continue;
    const auto now = accuracy(valid.scores(training.weights()), training.bias(), valid_classes, classes);
    for (std::size_t r = 0; r < best.size(); ++r) {
      if (now[r] <= best[r]) continue;
      best[r] = now[r];
      keep_rows(training.weights(), best_weights, Offset(r) * classes, classes);
      keep_rows(training.bias(), best_bias, Offset(r) * classes, classes);
    }
  }
  const Features test = x.gather(split.test);
  ProbeAccuracy result{accuracy(scores_of(test, training.weights()), training.bias(), test_classes, classes), {}};
  if (!valid_classes.empty())
    result.at_validation = accuracy(scores_of(test, best_weights), best_bias, test_classes, classes);
  return result;
}

}  // namespace pfm
