// Logistic regression of nodes in ten folds, as GCC is evaluated (Qiu et al. 2020, arXiv:2006.09963).
#include <pfm/selfsup/logistic.h>
#include <pfm/selfsup/protocols/folds.h>
#include <pfm/selfsup/protocols/protocols.h>

namespace pfm {
namespace {

Dataset view(const Dataset& data, Rng rng) {
  need_classes(data);
  return view_of_folds(data, rng);
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  need_classes(data);
  return mean_of_folds(data, rng, [&](std::span<const NodeId> train, std::span<const NodeId> test, const Rng&) {
    const Sparse known = one_label_each(classes_of(data, train), data.targets.class_count());
    return arg_max(
        one_vs_rest(outcome.embedding.gather(train), known, 1000, 1e-6).decisions(outcome.embedding.gather(test)));
  });
}

}  // namespace

Protocol lr10() {
  return {.id = "lr10",
          .about =
              "10 folds (given ones, else stratified) of nodes; rows as they are, one-vs-rest L2 logistic regression "
              "with a regularised intercept, C = 1000; mean of the folds",
          .task = Task::node,
          .view = view,
          .score = score,
          .controls = {"degree", "structure", "random"},
          .turns = turns_of_folds};
}

}  // namespace pfm
