// Classes learned together with something else: the method's own class scores on given splits.
#include <fmt/format.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

namespace pfm {
namespace {

const std::vector<std::string> beside{"baseline", "random"};

// Behind the accuracy what the method measures of its own second task.
Scores score(const Outcome& outcome, const Dataset& data, Rng) {
  Scores scores{{"accuracy", class_score_accuracy("semi", outcome, data, given_split(data).test)}};
  if (outcome.own_scores)
    for (auto& own : outcome.own_scores({})) scores.push_back(std::move(own));
  return scores;
}

Validator validator(const Dataset& data, Rng) { return validator_of(data, given_split(data).validation); }

}  // namespace

Protocol semi() {
  return {
      "semi",
      "public split; test accuracy of a method that learns classes itself, beside the same network without what the "
      "method adds, of the same seed; the method's option watch says what chooses the step; with held_out "
      "also how well it learns its second task",
      Task::node,
      public_view,
      score,
      beside,
      validator};
}

Protocol semi_of_each(int labelled) {
  const std::string id = fmt::format("semi@{}", labelled), which = fmt::format("_{}", labelled);
  const auto view = [=](const Dataset& data, Rng) { return with_classes_of(data, given_split(data, which).train); };
  const auto of_split = [=](const Outcome& outcome, const Dataset& data, Rng) -> Scores {
    const std::vector<NodeId> test = given_split(data, which).test;
    const double micro = class_score_accuracy(id, outcome, data, test);  // of one class each
    return {{fmt::format("macro-f1@{}", labelled),
             100 * f1(classes_of(data, test), decided(outcome.class_scores, test)).macro},
            {fmt::format("micro-f1@{}", labelled), micro}};
  };
  const auto validate = [=](const Dataset& data, Rng) {
    return validator_of(data, given_split(data, which).validation);
  };
  return {id,
          fmt::format("given splits of {} labelled nodes per class; the test scores of a method that learns classes "
                      "itself, beside its baseline of the same seed (of a method that tells kinds of edges apart: a "
                      "GCN on all edges as one graph); the method's option watch says what chooses the step",
                      labelled),
          Task::node,
          view,
          of_split,
          beside,
          validate};
}

}  // namespace pfm
