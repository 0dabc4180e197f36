// What a pretext task asks for, and its control: the same network, corruption, draws and budget with targets that
// belong to other predictions, so that nothing can be learned but how often each comes. What finetuning gains from such
// a start is due to optimisation, not to the task.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/nn/tape.h>
#include <pfm/selfsup/options.h>

namespace pfm {

struct PretextTargets {
  bool shuffled = false;  // else everything below gives back what it gets
  // Permuted among the entries that are not negative.
  std::vector<std::int32_t> operator()(std::vector<std::int32_t> targets, const Rng& rng) const;
  Var operator()(const Var& rows, const Rng& rng) const;  // permuted; partners of a second view too
  // The ids of the rows `asked` permuted among these.
  Batch operator()(Batch truth, std::span<const NodeId> asked, const Rng& rng) const;
};

PretextTargets targets_from(const Options& options);  // asks "targets", true or shuffled

}  // namespace pfm
