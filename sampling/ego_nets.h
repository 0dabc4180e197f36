// Ego nets: everything within some hops of a seed.
#pragma once
#include <pfm/sampling/subgraphs.h>

namespace pfm {

struct EgoRules {
  Offset hops = 2;
  Offset most = 0;  // nodes of a net, the seed counted; 0 = all there are
};

class EgoNets {
 public:
  // Error(Fault::usage): hops or most negative.
  EgoNets(Subgraphs graphs, EgoRules rules);

  // A segment per seed (sampling/subgraphs.h): the seed, then hop by hop the nodes from which edges lead to those
  // before, as messages flow, in the order they are met. Of the first hop that does not fit so many as do, every set
  // the same likely; nothing behind it. A function of the seeds and `rng` alone, which decides only that.
  Batch sample(std::span<const NodeId> seeds, const Rng& rng) const;

 private:
  Subgraphs graphs_;
  EgoRules rules_;
};

}  // namespace pfm
