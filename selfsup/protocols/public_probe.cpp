// Softmax regression on the public split: DGI's form and the one on unit rows.
#include <fmt/format.h>
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/probe.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

#include <algorithm>
#include <string>
#include <utility>

namespace pfm {
namespace {

// Velickovic et al. 2019, section 4.2: rows as they are, mean of 50 initialisations.
Scores score_dgi(const Outcome& outcome, const Dataset& data, Rng rng) {
  Split split = given_split(data);
  if (!outcome.class_scores.empty()) return {{"accuracy", own_accuracy(outcome, data, split.test)}};
  split.validation.clear();
  const Probe probe{.repeats = 50, .steps = 100, .lr = 0.01, .weight_decay = 0};
  return {{"accuracy", mean(softmax_probe(outcome.embedding, data.targets.classes, split, probe, rng).last)}};
}

// The published decay of this probe depends on the data set; every other has the first line's.
constexpr ByDataSet l2_decays[] = {{"", 1e-4}, {"citeseer", 1e-2}};

Scores regularised_scores(const Features& rows, const Outcome& outcome, const Dataset& data, const Split& split,
                          Rng rng) {
  if (!outcome.class_scores.empty()) {
    const double own = own_accuracy(outcome, data, split.test);
    return {{"accuracy", own}, {"accuracy@validation", own}};
  }
  const Probe probe{.repeats = 10, .steps = 300, .lr = 0.01, .weight_decay = setting_of(l2_decays, data.name)};
  const auto result = softmax_probe(rows, data.targets.classes, split, probe, rng);
  return {{"accuracy", mean(result.last)}, {"accuracy@validation", mean(result.at_validation)}};
}

Scores score_l2(const Outcome& outcome, const Dataset& data, Rng rng) {
  return l2_scores(outcome, data, given_split(data), rng);
}

Scores score_unscaled(const Outcome& outcome, const Dataset& data, Rng rng) {
  return regularised_scores(outcome.embedding, outcome, data, given_split(data), rng);
}

Protocol regularised(std::string id, const char* rows, auto score) {
  return {std::move(id),
          fmt::format("public split; {}, softmax regression, Adam .01, 300 steps, decay {:g} ({}: {:g}), mean of "
                      "10 initialisations; accuracy at the last step and at the best validation step",
                      rows, l2_decays[0].value, l2_decays[1].data, l2_decays[1].value),
          Task::node,
          public_view,
          score,
          node_controls};
}

}  // namespace

Scores l2_scores(const Outcome& outcome, const Dataset& data, const Split& split, Rng rng) {
  return regularised_scores(unit_rows(outcome.embedding), outcome, data, split, rng);
}

Protocol public_dgi() {
  return {"public-dgi", "public split; softmax regression, Adam .01, 100 steps, no decay, mean of 50 initialisations",
          Task::node,   public_view,
          score_dgi,    node_controls};
}

Protocol public_l2() { return regularised("public-l2", "unit rows", score_l2); }

// Hou et al. 2022, GraphMAE: what its program scores.
Protocol public_l2_unscaled() { return regularised("public-l2@unscaled", "rows as they are", score_unscaled); }

}  // namespace pfm
