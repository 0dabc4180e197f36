// Weighted nearest neighbours: what the rows say without any training.
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/neighbours.h>
#include <pfm/selfsup/protocols/protocols.h>
#include <pfm/selfsup/protocols/samples.h>

namespace pfm {
namespace {

Dataset shown_parts(const Dataset& data, Rng rng) {
  need_classes(data);
  return shown(data, usual_split(data, rng));
}

// Samples of the test part do not exist during training; nodes of a graph do, without their classes.
Dataset view(const Dataset& data, Rng rng) {
  const Dataset whole = shown_parts(data, rng);
  return of_samples(data) ? training_samples(data, usual_split(data, rng)) : whole;
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  const Split split = usual_split(data, rng);
  if (!outcome.class_scores.empty()) return {{"accuracy", own_accuracy(outcome, data, split.test)}};
  const Matrix votes =
      neighbour_votes(outcome.embedding.gather(split.train), classes_of(data, split.train), data.targets.class_count(),
                      outcome.embedding.gather(split.test), 20, Real(0.07));
  return {{"accuracy", 100 * accuracy(classes_of(data, split.test), arg_max(votes))}};
}

}  // namespace

Protocol knn() {
  return {.id = "knn",
          .about =
              "public split, else a random one of 10 % training, 10 % validation, 80 % test; votes of the 20 nearest "
              "training rows by cosine, each e^(cosine / .07)",
          .task = Task::node,
          .view = view,
          .score = score,
          .controls = {"raw", "a1", "a2", "a3", "pixels", "random"},
          .embedded = shown_parts};
}

}  // namespace pfm
