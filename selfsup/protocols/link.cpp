// Link prediction: half or a part of the edges is hidden, and pairs of nodes are scored.
#include <fmt/format.h>
#include <pfm/graph/link_split.h>
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/hadamard.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/protocols.h>

#include <algorithm>

namespace pfm {
namespace {

using HoldOut = HeldOut (*)(const Dataset& data, Rng rng);

// Without the held-out pairs, and without labels: no part of this task may use them.
Dataset view(const Dataset& data, Rng rng, HoldOut hold_out) {
  Dataset seen = data;
  seen.all.graph = without_held_out(data.all.graph, hold_out(data, rng));
  seen.targets.label_sets = {};
  std::ranges::fill(seen.targets.classes, -1);
  return seen;
}

// [pairs, 1]. What leaves no rows has scores of its own alone.
Matrix pair_scores(const Outcome& outcome, const Dataset& data, const HeldOut& held, Rng rng, LinkScorer scorer,
                   std::span<const Edge> pairs) {
  const Features& rows = outcome.embedding;
  if (outcome.pair_scores && (scorer == LinkScorer::own || rows.rows() == 0)) return outcome.pair_scores(pairs);
  if (scorer == LinkScorer::hadamard)
    return hadamard_scores(rows, training_pairs(data, held, rng), pairs, rng.split("hadamard"));
  return pair_dots(scorer == LinkScorer::dot ? rows : unit_rows(rows), pairs);
}

Scores score(const Outcome& outcome, const Dataset& data, Rng rng, HoldOut hold_out, LinkScorer scorer) {
  const HeldOut held = hold_out(data, rng);
  std::vector<Edge> pairs = held.test;
  pairs.insert(pairs.end(), held.test_non_edges.begin(), held.test_non_edges.end());
  const Matrix found = pair_scores(outcome, data, held, rng, scorer, pairs);
  expect(found.size() == Offset(pairs.size()), "pair_scores: a score per pair");
  const auto values = found.values();
  const auto middle = values.begin() + std::ptrdiff_t(held.test.size());
  const std::vector<double> positive(values.begin(), middle), negative(middle, values.end());
  Scores scores{{"auc", 100 * auc(positive, negative)}, {"ap", 100 * average_precision(positive, negative)}};
  for (const int k : {10, 50, 100})
    scores.emplace_back(fmt::format("hits@{}", k), 100 * hits_at(k, positive, negative));
  scores.emplace_back("mrr", 100 * mean_reciprocal_rank(ranks_among(positive, negative)));
  return scores;
}

Protocol link(std::string id, std::string about, HoldOut hold_out, LinkScorer scorer,
              std::vector<std::string> controls) {
  return {.id = std::move(id),
          .about = std::move(about),
          .task = Task::link,
          .view = [=](const Dataset& data, Rng rng) { return view(data, rng, hold_out); },
          .score = [=](const Outcome& outcome, const Dataset& data,
                       Rng rng) { return score(outcome, data, rng, hold_out, scorer); },
          .controls = std::move(controls),
          .held_out = hold_out};
}

struct Named {
  const char *name, *about;
};

Named named(LinkScorer scorer) {
  switch (scorer) {
    case LinkScorer::dot:
      return {"@dot", "the dot product of the pair's rows"};
    case LinkScorer::cosine:
      return {"@cosine", "the cosine of the pair's rows"};
    case LinkScorer::hadamard:
      return {"@hadamard",
              "L2 logistic regression, C = 1, on the products, column by column, of the pair's rows, "
              "learnt from the training edges and as many other non-edges"};
    case LinkScorer::own:
      break;
  }
  return {"", "the method's own score of a pair, else the cosine of its rows"};
}

}  // namespace

Protocol link_85_5_10(LinkScorer scorer) {
  return link(fmt::format("link-85-5-10{}", named(scorer).name),
              fmt::format("10 % of the undirected edges for testing, 5 % for validation, both unseen in training; as "
                          "many non-edges; {}",
                          named(scorer).about),
              hold_out_edges, scorer, {"raw", "a1", "a2", "a3", "random"});
}

Protocol link_85_5_10_connected() {
  return link("link-85-5-10@connected",
              "10 % of the undirected edges for testing, 5 % for validation, both unseen in training, the components "
              "stay whole; as many non-edges; the method's own score of a pair, else the cosine of its rows",
              hold_out_connected, LinkScorer::own, {"raw", "a1", "a2", "a3", "random"});
}

Protocol link_50() {
  return link("link-50",
              fmt::format("half of the undirected edges for testing, unseen in training, the components stay whole; as "
                          "many non-edges; {}",
                          named(LinkScorer::hadamard).about),
              hold_out_half, LinkScorer::hadamard,
              {"common-neighbours", "jaccard", "adamic-adar", "preferential-attachment", "raw", "a1", "a2", "a3",
               "spectral", "random"});
}

}  // namespace pfm
