// Classes learned together with something else: the method's own class scores on the public split.
#include <pfm/selfsup/protocols/nodes.h>
#include <pfm/selfsup/protocols/protocols.h>

namespace pfm {
namespace {

Scores score(const Outcome& outcome, const Dataset& data, Rng) {
  return {{"accuracy", class_score_accuracy("semi", outcome, data, given_split(data).test)}};
}

Validator validator(const Dataset& data, Rng) { return validator_of(data, given_split(data).validation); }

}  // namespace

Protocol semi() {
  return {
      "semi",
      "public split; test accuracy of a method that learns classes itself, beside the same network without what the "
      "method adds, of the same seed; the method's option watch says what chooses the step",
      Task::node,
      public_view,
      score,
      {"baseline", "random"},
      validator};
}

}  // namespace pfm
