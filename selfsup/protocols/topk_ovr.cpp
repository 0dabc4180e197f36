// Multi-label classification as DeepWalk is evaluated (Perozzi et al. 2014, arXiv:1403.6652, section 6).
#include <fmt/format.h>
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/logistic.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

#include <limits>

namespace pfm {
namespace {

constexpr int shuffles = 10;

// [N, L] The label sets, else classes as sets of one.
Sparse labels_of(const Dataset& data) {
  const Sparse& sets = data.targets.label_sets;
  if (sets.rows() == 0) {
    need_classes(data);
    return one_label_each(data.targets.classes, data.targets.class_count());
  }
  if (sets.rows() != data.nodes() || sets.cols() < 2)
    throw Error(Fault::input, fmt::format("{}: this protocol needs a set of labels per node, two labels at least; the "
                                          "data set has {} nodes, {} sets and {} labels",
                                          data.name, data.nodes(), sets.rows(), sets.cols()));
  return sets;
}

Split shuffle(const Dataset& data, const Sparse& labels, int percent, Rng rng, int number) {
  return random_split(data.name, with_labels(labels), percent, 0, rng.split("split").split(std::uint64_t(number)));
}

// The sets of `visible` nodes, ascending; those of others are empty.
Sparse sets_of(const Sparse& labels, std::vector<NodeId> visible) {
  std::ranges::sort(visible);
  std::vector<Offset> offsets{0};
  std::vector<NodeId> seen;
  for (NodeId v = 0; v < NodeId(labels.rows()); ++v) {
    if (std::ranges::binary_search(visible, v))
      seen.insert(seen.end(), labels.columns(v).begin(), labels.columns(v).end());
    offsets.push_back(Offset(seen.size()));
  }
  return {labels.rows(), labels.cols(), std::move(offsets), std::move(seen)};
}

// A method that learns from labels learns from those of the first shuffle and is scored on it alone.
Dataset view(const Dataset& data, int percent, Rng rng) {
  const Sparse labels = labels_of(data);
  Split first = shuffle(data, labels, percent, rng, 0);
  Dataset seen = with_classes_of(data, data.targets.classes.empty() ? std::vector<NodeId>() : first.train);
  if (data.targets.label_sets.rows() > 0) seen.targets.label_sets = sets_of(labels, first.train);
  seen.splits = {{"train", std::move(first.train)}, {"test", std::move(first.test)}};
  return seen;
}

F1 score_split(const Features& rows, const Sparse& labels, const Split& split) {
  const auto of = [&](std::span<const NodeId> ids) { return Features(labels).gather(ids).sparse(); };
  const Sparse known = of(split.train), truth = of(split.test);
  Matrix decisions = one_vs_rest(rows.gather(split.train), known, 1, 1e-6).decisions(rows.gather(split.test));
  for (Offset l = 0; l < known.cols(); ++l)  // a label that no training node has is not known to exist
    if (known.transpose().columns(l).empty())
      for (Offset i = 0; i < decisions.rows(); ++i) decisions(i, l) = -std::numeric_limits<Real>::infinity();
  return f1(truth, most_probable(decisions, truth));
}

Scores score(const Outcome& outcome, const Dataset& data, int percent, Rng rng) {
  const Sparse labels = labels_of(data);
  const auto named = [&](double micro, double macro) {
    return Scores{{fmt::format("micro-f1@{}", percent), 100 * micro},
                  {fmt::format("macro-f1@{}", percent), 100 * macro}};
  };
  if (!outcome.class_scores.empty()) {
    const std::vector<NodeId> test = shuffle(data, labels, percent, rng, 0).test;
    const Sparse truth = Features(labels).gather(test).sparse();
    const F1 own = f1(truth, most_probable(Features(outcome.class_scores.clone()).gather(test).dense(), truth));
    return named(own.micro, own.macro);
  }
  std::vector<double> micro(shuffles), macro(shuffles);
  parallel_blocks(shuffles, [&](Offset i) {
    const F1 found = score_split(outcome.embedding, labels, shuffle(data, labels, percent, rng, int(i)));
    micro[std::size_t(i)] = found.micro, macro[std::size_t(i)] = found.macro;
  });
  return named(mean(micro), mean(macro));
}

}  // namespace

Protocol topk_ovr(int train_percent) {
  return {
      train_percent == 50 ? "topk-ovr" : fmt::format("topk-ovr@{}", train_percent),
      fmt::format("10 random partitions of {} % training, {} % test; one-vs-rest L2 logistic regression with a "
                  "regularised intercept, C = 1, on rows as they are; of a node with k labels the k most probable "
                  "ones; F1 over all labels",
                  train_percent, 100 - train_percent),
      Task::node,
      [=](const Dataset& data, Rng rng) { return view(data, train_percent, rng); },
      [=](const Outcome& outcome, const Dataset& data, Rng rng) { return score(outcome, data, train_percent, rng); },
      {"degree", "spectral", "table", "prior"}};
}

}  // namespace pfm
