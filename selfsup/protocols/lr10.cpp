// Logistic regression of nodes in ten folds, as GCC is evaluated (Qiu et al. 2020, arXiv:2006.09963).
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/logistic.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

namespace pfm {
namespace {

constexpr int folds = 10;

Dataset view(const Dataset& data, Rng rng) {
  need_classes(data);
  folds_of(data, folds, rng);  // refused now rather than after training
  Dataset seen = with_classes_of(data, {});
  seen.splits.clear(), seen.folds.clear();
  return seen;
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  need_classes(data);
  const std::vector<NodeId> labelled = with_class(data);
  const auto tests = folds_of(data, folds, rng.split("folds"));
  std::vector<double> shares(tests.size());
  parallel_blocks(Offset(tests.size()), [&](Offset f) {
    const std::vector<NodeId>& test = tests[std::size_t(f)];
    const std::vector<NodeId> train = others(labelled, test);
    const Sparse known = one_label_each(classes_of(data, train), data.targets.class_count());
    const Matrix decisions =
        one_vs_rest(outcome.embedding.gather(train), known, 1000, 1e-6).decisions(outcome.embedding.gather(test));
    shares[std::size_t(f)] = 100 * accuracy(classes_of(data, test), arg_max(decisions));
  });
  return {{"accuracy", mean(shares)}};
}

}  // namespace

Protocol lr10() {
  return {
      "lr10",
      "10 folds (given ones, else stratified) of nodes; rows as they are, one-vs-rest L2 logistic regression with a "
      "regularised intercept, C = 1000; mean of the folds",
      Task::node,
      view,
      score,
      {"degree", "structure", "random"}};
}

}  // namespace pfm
