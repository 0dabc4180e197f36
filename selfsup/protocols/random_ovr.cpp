// One-vs-rest logistic regression on random partitions, as GRACE is evaluated (Zhu et al. 2020, arXiv:2006.04131).
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/logistic.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

#include <cmath>

namespace pfm {
namespace {

constexpr int splits = 20;

Split split_number(const Dataset& data, Rng rng, int number) {
  return random_split(data.name, with_class(data), 10, 0, rng.split("split").split(std::uint64_t(number)));
}

// A method that learns from classes learns from those of the first split and is scored on it alone.
Dataset view(const Dataset& data, Rng rng) {
  need_classes(data);
  Split first = split_number(data, rng, 0);
  Dataset seen = with_classes_of(data, first.train);
  seen.splits = {{"train", std::move(first.train)}, {"test", std::move(first.test)}};
  return seen;
}

std::vector<double> costs() {
  std::vector<double> all;
  for (int power = -10; power <= 9; ++power) all.push_back(std::ldexp(1.0, power));
  return all;
}

F1 score_split(const Features& rows, const Dataset& data, const Split& split, Rng rng) {
  const Features train = rows.gather(split.train);
  const auto labels = classes_of(data, split.train);
  const int classes = data.targets.class_count();
  const double cost = cross_validated_cost(train, labels, classes, costs(), 5, rng);
  const Matrix decisions =
      one_vs_rest(train, one_label_each(labels, classes), cost, 1e-6).decisions(rows.gather(split.test));
  return f1(classes_of(data, split.test), arg_max(decisions));
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  if (!outcome.class_scores.empty()) {
    const Split first = split_number(data, rng, 0);
    const F1 own = f1(classes_of(data, first.test), decided(outcome.class_scores, first.test));
    return {{"micro-f1", 100 * own.micro}, {"macro-f1", 100 * own.macro}};
  }
  const Features rows = unit_rows(outcome.embedding);
  std::vector<double> micro(splits), macro(splits);
  parallel_blocks(splits, [&](Offset i) {
    const Rng folds = rng.split("folds").split(std::uint64_t(i));
    const F1 found = score_split(rows, data, split_number(data, rng, int(i)), folds);
    micro[std::size_t(i)] = 100 * found.micro, macro[std::size_t(i)] = 100 * found.macro;
  });
  return {{"micro-f1", mean(micro)}, {"macro-f1", mean(macro)}};
}

}  // namespace

Protocol random_10_90_ovr() {
  return {"random-10-90-ovr",
          "20 random partitions of 10 % training, 90 % test; unit rows, one-vs-rest L2 logistic regression with a "
          "regularised intercept, C of 2^-10 .. 2^9 by 5-fold cross-validation on the training part",
          Task::node,
          view,
          score,
          node_controls};
}

}  // namespace pfm
