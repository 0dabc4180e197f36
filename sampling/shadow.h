// Subgraphs of bounded depth and width around each seed, within which an encoder may have any number of layers (ShaDow,
// Zeng et al. 2021, arXiv:2201.07858).
#pragma once
#include <pfm/sampling/subgraphs.h>

#include <memory>

namespace pfm {

struct ShadowRules {
  std::vector<Offset> fanouts = {10, 10};  // edges chosen into a node, a number per hop, that of the seed first
  bool weighted = false;  // where the graph has weights: in proportion to them (sampling/edge_choice.h says which law)
};

class Shadow {
 public:
  // Error(Fault::usage): no fan-outs, one below 1; Error(Fault::input): weights that decide are negative or not finite.
  Shadow(Subgraphs graphs, ShadowRules rules);

  // A segment per seed (sampling/subgraphs.h): the seed, then hop by hop the sources of the edges that the nodes met in
  // the hop before chose, different ones and all where there are no more than the fan-out. Each seed chooses for
  // itself. The segment holds all edges among its nodes, not only those chosen. A function of the seeds and `rng`
  // alone.
  Batch sample(std::span<const NodeId> seeds, const Rng& rng) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pfm
