// Few labels of each class on given splits, as HeCo is evaluated (Wang et al. 2021, arXiv:2105.09111).
#include <fmt/format.h>
#include <pfm/kernels/exponential.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/probe.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

#include <algorithm>

namespace pfm {
namespace {

constexpr int labelled[] = {60, 40, 20};  // of each class; the first is the main one

// The published rate of this probe depends on the data set; every other has the first line's.
constexpr ByDataSet rates[] = {{"", 0.01}, {"acm", 0.05}};

double macro_f1(const ClassScores& scores, std::span<const std::int32_t> classes) {
  return 100 * f1(classes, scores.decided()).macro;
}

// Softmax of each column, as it lies.  [classes, n]
std::vector<Real> probabilities(const ClassScores& scores) {
  std::vector<Real> p(scores.scores, scores.scores + scores.classes * scores.n), sum(std::size_t(scores.n), 0);
  std::vector<Real> top(scores.scores, scores.scores + scores.n);
  const auto row = [&](int c) { return p.data() + c * scores.n; };
  for (int c = 1; c < scores.classes; ++c)
    for (std::size_t j = 0; j < top.size(); ++j) top[j] = std::max(top[j], row(c)[j]);
  for (int c = 0; c < scores.classes; ++c)
    for (std::size_t j = 0; j < top.size(); ++j) sum[j] += row(c)[j] = exponential(row(c)[j] - top[j]);
  for (int c = 0; c < scores.classes; ++c)
    for (std::size_t j = 0; j < top.size(); ++j) row(c)[j] /= sum[j];
  return p;
}

// The AUC by counting all pairs, ties half: of a thousand scores sooner done than sorting them.
double counted_auc(std::span<const Real> positive, std::span<const Real> negative) {
  std::int64_t halves = 0;
  for (const Real p : positive) {
    std::int32_t below = 0, reached = 0;
    for (const Real n : negative) below += n < p, reached += n <= p;
    halves += below + reached;
  }
  return double(halves) / (2 * double(positive.size()) * double(negative.size()));
}

// Each class against the others by its probability; the mean over the classes that occur.
double class_auc(const ClassScores& scores, std::span<const std::int32_t> classes) {
  const std::vector<Real> p = probabilities(scores);
  double sum = 0;
  int seen = 0;
  for (int c = 0; c < scores.classes; ++c) {
    std::vector<Real> own, other;
    for (std::size_t j = 0; j < classes.size(); ++j)
      (classes[j] == c ? own : other).push_back(p[std::size_t(c * scores.n) + j]);
    if (own.empty() || other.empty()) continue;
    sum += counted_auc(own, other), ++seen;
  }
  return seen > 0 ? 100 * sum / seen : 50;
}

// Of one class each, the micro-F1 is the accuracy.
constexpr struct {
  const char* name;
  ProbeMetric metric;
} metrics[] = {{"macro-f1", macro_f1}, {"micro-f1", accuracy}, {"auc", class_auc}};

Split split_of(const Dataset& data, int count) { return given_split(data, fmt::format("_{}", count)); }

// Three trainings with other labels each see none of them.
Dataset view(const Dataset& data, Rng) {
  for (const int count : labelled) split_of(data, count);
  return with_classes_of(data, {});
}

Scores scored(const Outcome& outcome, const Dataset& data, Rng rng, double lr, double weight_decay) {
  if (!outcome.class_scores.empty())
    throw Error(Fault::usage, "protocol heco-20-40-60 trains classifiers of its own on rows; this method has one");
  const Probe probe{.repeats = 50, .steps = 200, .lr = lr, .weight_decay = weight_decay};
  std::vector<ProbeMetric> asked;
  for (const auto& m : metrics) asked.push_back(m.metric);
  Scores scores;
  for (const int count : labelled) {
    const auto found = softmax_probe(outcome.embedding, data.targets.classes, split_of(data, count), probe, asked,
                                     rng.split(std::uint64_t(count)));
    for (std::size_t m = 0; m < asked.size(); ++m)
      scores.emplace_back(fmt::format("{}@{}", metrics[m].name, count), mean(found[m].at_validation));
  }
  return scores;
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  return scored(outcome, data, rng, setting_of(rates, data.name), 0);
}

constexpr double slow = 0.01, decay = 5e-4;  // HGMAE's (Tian et al. 2023, arXiv:2208.09957)
Scores score_decayed(const Outcome& outcome, const Dataset& data, Rng rng) {
  return scored(outcome, data, rng, slow, decay);
}

Protocol few_labels(const char* id, const std::string& optimiser,
                    Scores (*score)(const Outcome&, const Dataset&, Rng)) {
  return {id,
          fmt::format("given splits of 60, 40 and 20 labelled nodes per class; rows as they are, softmax regression, "
                      "{}, 200 steps, mean of 50 initialisations; each metric on the test part at the step of its best "
                      "value on the validation part",
                      optimiser),
          Task::node,
          view,
          score,
          {"raw", "metapaths", "degree", "table", "random"}};
}

}  // namespace

Protocol heco_20_40_60() {
  return few_labels("heco-20-40-60",
                    fmt::format("Adam {:g} ({}: {:g}), no decay", rates[0].value, rates[1].data, rates[1].value),
                    score);
}

Protocol heco_20_40_60_decayed() {
  return few_labels("heco-20-40-60@decayed", fmt::format("Adam {:g}, decay {:g}", slow, decay), score_decayed);
}

}  // namespace pfm
