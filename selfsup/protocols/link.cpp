// Link prediction with the split of Kipf & Welling 2016 (arXiv:1611.07308).
#include <pfm/graph/link_split.h>
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/protocols.h>

#include <algorithm>

namespace pfm {
namespace {

// Without the held-out pairs, and without labels: no part of this task may use them.
Dataset view(const Dataset& data, Rng rng) {
  HeldOut held = hold_out_edges(data, rng);
  held.test.insert(held.test.end(), held.validation.begin(), held.validation.end());
  Dataset seen = data;
  seen.all.graph = without_pairs(data.all.graph, held.test);
  seen.targets.label_sets = {};
  std::ranges::fill(seen.targets.classes, -1);
  return seen;
}

std::vector<double> scores_of(const Outcome& outcome, const Features& rows, std::span<const Edge> pairs) {
  const Matrix scores = outcome.pair_scores ? outcome.pair_scores(pairs) : pair_dots(rows, pairs);
  expect(scores.size() == Offset(pairs.size()), "pair_scores: a score per pair");
  return {scores.values().begin(), scores.values().end()};
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng) {
  const HeldOut held = hold_out_edges(data, rng);
  const Features rows = outcome.pair_scores ? Features() : unit_rows(outcome.embedding);
  const auto positive = scores_of(outcome, rows, held.test), negative = scores_of(outcome, rows, held.test_non_edges);
  return {{"auc", 100 * auc(positive, negative)}, {"ap", 100 * average_precision(positive, negative)}};
}

}  // namespace

Protocol link_85_5_10() {
  return {
      "link-85-5-10",
      "10 % of the undirected edges for testing, 5 % for validation, both unseen in training; as many non-edges; the "
      "method's own score of a pair, else the cosine of its rows",
      Task::link,
      view,
      score,
      {"raw", "a1", "a2", "a3", "random"}};
}

}  // namespace pfm
