// Walks whose steps depend on nothing but where they are: uniform, weighted, along a meta-path, with restart.
#pragma once
#include <pfm/sampling/step_edges.h>

#include <vector>

namespace pfm {

class FirstOrderWalks {
 public:
  // Step s takes an edge of in_turn[s % in_turn.size()]; all of one kind, weighted or not.
  FirstOrderWalks(std::vector<StepEdges> in_turn, Offset length, double restart);
  // As Walker::walk.
  void walk(std::span<const NodeId> starts, Offset first, const Rng& rng, std::span<NodeId> walks) const;

 private:
  struct Chunk;
  template <bool weighted, bool restarts>
  void chunk(const Chunk& walks) const;

  std::vector<StepEdges> in_turn_;
  Offset length_;
  std::uint64_t restart_;  // of 2^32
};

}  // namespace pfm
