#include <fmt/format.h>
#include <pfm/kernels/error.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/pretext_targets.h>

#include <numeric>

namespace pfm {

// values[places] in another order.
static void permute_at(std::vector<std::int32_t>& values, std::span<const NodeId> places, const Rng& rng) {
  const std::vector<NodeId> from = shuffled(std::vector<NodeId>(places.begin(), places.end()), rng);
  std::vector<std::int32_t> taken;
  for (const NodeId i : from) taken.push_back(values[std::size_t(i)]);
  for (std::size_t k = 0; k < places.size(); ++k) values[std::size_t(places[k])] = taken[k];
}

std::vector<std::int32_t> PretextTargets::operator()(std::vector<std::int32_t> targets, const Rng& rng) const {
  if (!shuffled) return targets;
  std::vector<NodeId> asked;
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (targets[i] >= 0) asked.push_back(NodeId(i));
  permute_at(targets, asked, rng);
  return targets;
}

Var PretextTargets::operator()(const Var& rows, const Rng& rng) const {
  return shuffled ? gather_rows(rows, permutation(NodeId(rows.rows()), rng)) : rows;
}

Batch PretextTargets::operator()(Batch truth, std::span<const NodeId> asked, const Rng& rng) const {
  if (shuffled) permute_at(truth.ids, asked, rng);
  return truth;
}

PretextTargets targets_from(const Options& o) {
  const std::string which = o("targets", "true");
  if (which != "true" && which != "shuffled")
    throw Error(Fault::usage, fmt::format("option targets: true, or shuffled (a control), not \"{}\"", which));
  return {which == "shuffled"};
}

}  // namespace pfm
