// Softmax regression on random partitions, as GCA is evaluated (Zhu et al. 2021, arXiv:2010.14945).
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/probe.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

namespace pfm {
namespace {

constexpr int splits = 20;

Split split_number(const Dataset& data, Rng rng, int number) {
  return random_split(data.name, with_class(data), 10, 10, rng.split("split").split(std::uint64_t(number)));
}

// A method that learns from classes learns from those of the first split and is scored on it alone.
Dataset view(const Dataset& data, Rng rng) {
  need_classes(data);
  Split first = split_number(data, rng, 0);
  Dataset seen = with_classes_of(data, first.train);
  seen.splits = {
      {"train", std::move(first.train)}, {"validation", std::move(first.validation)}, {"test", std::move(first.test)}};
  return seen;
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  if (!outcome.class_scores.empty())
    return {{"accuracy", own_accuracy(outcome, data, split_number(data, rng, 0).test)}};
  const Features rows = unit_rows(outcome.embedding);
  const Probe probe{.repeats = 1, .steps = 1000, .lr = 0.01, .weight_decay = 0};
  std::vector<double> found(splits);
  parallel_blocks(splits, [&](Offset i) {
    const Split split = split_number(data, rng, int(i));
    const Rng start = rng.split("probe").split(std::uint64_t(i));
    found[std::size_t(i)] = softmax_probe(rows, data.targets.classes, split, probe, start).at_validation.at(0);
  });
  return {{"accuracy", mean(found)}};
}

}  // namespace

Protocol random_10_10_80() {
  return {"random-10-10-80",
          "20 random partitions of 10 % training, 10 % validation, 80 % test; unit rows, softmax regression, Adam .01, "
          "1000 steps, test accuracy at the best validation step",
          Task::node,
          view,
          score,
          node_controls};
}

}  // namespace pfm
