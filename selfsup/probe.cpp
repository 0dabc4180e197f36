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

// The metric of each classifier, [repeats].  scores [repeats classes, n], bias added
std::vector<double> measured(const Matrix& scores, std::span<const std::int32_t> target, int classes,
                             ProbeMetric metric) {
  std::vector<double> found(std::size_t(scores.rows() / classes));
  parallel_blocks(Offset(found.size()), [&](Offset r) {
    found[std::size_t(r)] = metric({scores.row(r * classes).data(), classes, scores.cols()}, target);
  });
  return found;
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

std::vector<std::int32_t> ClassScores::decided() const {
  std::vector<std::int32_t> best(static_cast<std::size_t>(n));
  for (int c = 1; c < classes; ++c)
    for (Offset j = 0; j < n; ++j)
      if ((*this)(c, j) > (*this)(best[std::size_t(j)], j)) best[std::size_t(j)] = c;
  return best;
}

double accuracy(const ClassScores& scores, std::span<const std::int32_t> classes) {
  const std::vector<std::int32_t> decided = scores.decided();
  Offset right = 0;
  for (std::size_t j = 0; j < decided.size(); ++j) right += decided[j] == classes[j];
  return 100 * double(right) / double(std::max<Offset>(1, scores.n));
}

namespace {

// The weights of each repeat as they were when a metric was best.
struct Best {
  ProbeMetric metric;
  Matrix weights, bias;
  std::vector<double> values;

  void look(const Matrix& scores, std::span<const std::int32_t> target, int classes, const ProbeTraining& now) {
    const auto found = measured(scores, target, classes, metric);
    for (std::size_t r = 0; r < values.size(); ++r) {
      if (found[r] <= values[r]) continue;
      values[r] = found[r];
      keep_rows(now.weights(), weights, Offset(r) * classes, classes);
      keep_rows(now.bias(), bias, Offset(r) * classes, classes);
    }
  }
};

}  // namespace

std::vector<ProbeScore> softmax_probe(const Features& x, std::span<const std::int32_t> labels, const Split& split,
                                      const Probe& probe, std::span<const ProbeMetric> metrics, Rng rng) {
  const int classes = labels.empty() ? 0 : 1 + *std::ranges::max_element(labels);
  expect(classes > 0 && !split.train.empty() && !split.test.empty(),
         "softmax_probe: classes, a training and a test part");
  ProbeTraining training(x.gather(split.train), gathered(labels, split.train), classes,
                         glorot_starts(x.cols(), classes, probe.repeats, rng), probe);
  const auto valid_classes = gathered(labels, split.validation), test_classes = gathered(labels, split.test);
  std::vector<Best> best;
  if (!valid_classes.empty())
    for (const ProbeMetric metric : metrics)
      best.push_back({metric, training.weights().clone(), training.bias().clone(),
                      std::vector<double>(std::size_t(probe.repeats), -1)});
  const ProbeRows valid(x.gather(split.validation));
  for (int step = 0; step < probe.steps; ++step) {
    training.step();
    if (best.empty()) continue;
    Matrix scores = valid.scores(training.weights());
    add_to_columns(scores, training.bias());
    for (Best& b : best) b.look(scores, valid_classes, classes, training);
  }
  const Features test = x.gather(split.test);
  const auto tested = [&](const Matrix& weights, const Matrix& bias, ProbeMetric metric) {
    Matrix scores = scores_of(test, weights);
    add_to_columns(scores, bias);
    return measured(scores, test_classes, classes, metric);
  };
  std::vector<ProbeScore> results;
  for (const ProbeMetric metric : metrics) results.push_back({tested(training.weights(), training.bias(), metric), {}});
  for (std::size_t m = 0; m < best.size(); ++m)
    results[m].at_validation = tested(best[m].weights, best[m].bias, best[m].metric);
  return results;
}

ProbeScore softmax_probe(const Features& x, std::span<const std::int32_t> labels, const Split& split,
                         const Probe& probe, Rng rng) {
  const ProbeMetric metrics[]{accuracy};
  return softmax_probe(x, labels, split, probe, metrics, rng)[0];
}

}  // namespace pfm
