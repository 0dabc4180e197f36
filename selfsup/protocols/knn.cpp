// Weighted nearest neighbours: what the rows say without any training.
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/neighbours.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

namespace pfm {
namespace {

Split split_of(const Dataset& data, Rng rng) {
  return data.splits.contains("train") && data.splits.contains("test")
             ? given_split(data)
             : random_split(data.name, with_class(data), 10, 10, rng.split("split"));
}

Dataset view(const Dataset& data, Rng rng) {
  need_classes(data);
  Split split = split_of(data, rng);
  Dataset seen = with_classes_of(data, split.train);
  seen.splits = {
      {"train", std::move(split.train)}, {"validation", std::move(split.validation)}, {"test", std::move(split.test)}};
  return seen;
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  const Split split = split_of(data, rng);
  if (!outcome.class_scores.empty()) return {{"accuracy", own_accuracy(outcome, data, split.test)}};
  const Matrix votes =
      neighbour_votes(outcome.embedding.gather(split.train), classes_of(data, split.train), data.targets.class_count(),
                      outcome.embedding.gather(split.test), 20, Real(0.07));
  return {{"accuracy", 100 * accuracy(classes_of(data, split.test), arg_max(votes))}};
}

}  // namespace

Protocol knn() {
  return {"knn",
          "public split, else a random one of 10 % training, 10 % validation, 80 % test; votes of the 20 nearest "
          "training rows by cosine, each e^(cosine / .07)",
          Task::node,
          view,
          score,
          node_controls};
}

}  // namespace pfm
