// What all orders of skip-gram training have in common: one call's arguments, its windows, rates and draws.
#pragma once
#include <pfm/kernels/skipgram.h>

namespace pfm {

struct SkipgramWalks {
  std::span<const NodeId> walks;  // [rows, length]
  Offset length, done, total;
  const SkipgramOutputs& outputs;
  const SkipgramRules& rules;
  Rng radii, draws;

  Offset positions() const { return Offset(walks.size()); }
  NodeId word(Offset position) const { return walks[std::size_t(position)]; }
  std::uint64_t number(Offset position) const { return std::uint64_t(done * length + position); }  // of all walks
  Real rate(Offset position) const;                                                                // of its walk
  // The radius of a centre's window from its block of `radii`, and the positions [first, last) within a radius.
  Offset radius(const Words& random) const;
  std::pair<Offset, Offset> window(Offset position, Offset radius) const;
};

// Order::plain.
SkipgramLoss train_pair_by_pair(const SkipgramWalks& given, Matrix& in, Matrix& out);

}  // namespace pfm
