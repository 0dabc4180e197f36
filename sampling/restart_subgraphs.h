// Subgraphs that a walk with restart reaches (GCC, Qiu et al. 2020, arXiv:2006.09963).
#pragma once
#include <pfm/sampling/subgraphs.h>
#include <pfm/sampling/walks.h>

namespace pfm {

struct RestartRules {
  double restart = 0.8;  // chance before every step to go back to the seed instead
  Offset steps = 256;    // of the walk at most, going back counted
  Offset most = 0;       // different nodes after which it stops, the seed counted; 0 = it goes on
  bool weighted = true;  // steps by edge weight, where the graph has weights
};

class RestartSubgraphs {
 public:
  // Error as Walker's; Error(Fault::usage): most negative.
  RestartSubgraphs(Subgraphs graphs, const RestartRules& rules);

  // A segment per seed (sampling/subgraphs.h): the seed, then the nodes that a walk from it visits, in the order they
  // are met. Walks follow the stored direction of edges. 4 bytes a step of all walks together. A function of the seeds
  // and `rng` alone.
  Batch sample(std::span<const NodeId> seeds, const Rng& rng) const;

 private:
  Subgraphs graphs_;
  Walker walker_;
  std::size_t most_;
};

}  // namespace pfm
