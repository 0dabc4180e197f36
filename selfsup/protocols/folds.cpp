#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/folds.h>

namespace pfm {

Dataset view_of_folds(const Dataset& data, Rng rng) {
  folds_of(data, ten_folds, rng);
  Dataset seen = with_classes_of(data, {});
  seen.splits.clear(), seen.folds.clear();
  return seen;
}

std::vector<Split> turns_of_folds(const Dataset& data, Rng rng) {
  const std::vector<NodeId> labelled = with_class(data);
  const auto tests = folds_of(data, ten_folds, rng.split("folds"));
  std::vector<Split> turns;
  for (std::size_t f = 0; f < tests.size(); ++f) {
    const auto& next = tests[(f + 1) % tests.size()];
    turns.push_back({others(others(labelled, tests[f]), next), next, tests[f]});
  }
  return turns;
}

Scores mean_of_folds(const Dataset& data, const Rng& rng, const FoldClassifier& classify) {
  const std::vector<NodeId> labelled = with_class(data);
  const auto tests = folds_of(data, ten_folds, rng.split("folds"));
  std::vector<double> shares(tests.size());
  parallel_blocks(Offset(tests.size()), [&](Offset f) {
    const std::vector<NodeId>& test = tests[std::size_t(f)];
    const auto found = classify(others(labelled, test), test, rng.split("inner").split(std::uint64_t(f)));
    shares[std::size_t(f)] = 100 * accuracy(classes_of(data, test), found);
  });
  return {{"accuracy", mean(shares)}};
}

}  // namespace pfm
