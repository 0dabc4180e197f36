// Batches of clusters (Cluster-GCN, Chiang et al. 2019, arXiv:1905.07953, algorithm 1).
#pragma once
#include <pfm/sampling/mini_batches.h>

namespace pfm {

// An epoch takes every part of a partition once, in random order, `together` at a time: the rows of these parts,
// ascending, and the edges among them, those between parts too ("stochastic multiple partitions", section 3.2). part
// [N] of `all`, as graph/partition.h gives it; parts without nodes are left out. Error(Fault::usage): together < 1.
MiniBatches cluster_batches(Batch all, std::span<const std::int32_t> part, Offset together);

}  // namespace pfm
