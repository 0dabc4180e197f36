// Batches of clusters (Cluster-GCN, Chiang et al. 2019, arXiv:1905.07953, algorithm 1).
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/kernels/random.h>

namespace pfm {

// A pass takes every part of a partition once, in random order, `together` at a time: the rows of these parts and the
// edges among them, those between parts too ("stochastic multiple partitions", section 3.2).
class ClusterBatches {
 public:
  // part [N] of `all`, as graph/partition.h gives it. Error(Fault::usage): together < 1.
  ClusterBatches(Batch all, std::span<const std::int32_t> part, Offset together, Rng rng);

  Offset batches_a_pass() const;
  // Batch b of a pass, rows in ascending order: a function of (rng, pass, b) alone, for any thread to make.
  Batch batch(Offset pass, Offset b) const;

 private:
  Batch all_;
  std::vector<Offset> offsets_;  // [parts + 1] into nodes_; parts without nodes are left out
  std::vector<NodeId> nodes_;    // [N] by part
  Offset together_;
  Rng rng_;
};

}  // namespace pfm
