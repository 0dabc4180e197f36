// Attention along rows that have their neighbours in common, as a meta-path through one thing each gives them (paper -
// subject - paper): a group of n rows costs n log n instead of n^2.
#pragma once
#include <pfm/kernels/edges.h>
#include <pfm/kernels/sparse.h>
#include <pfm/nn/tape.h>

#include <optional>

namespace pfm {

struct SharedNeighbours {
  std::vector<NodeId> targets, sources;  // each target has all the sources; ascending
};

// Rows of `a` with the same columns, of which there are more than `least`, where at least two rows have them.
std::vector<SharedNeighbours> shared_neighbours(const Sparse& a, Offset least);

// out[i] = sum over j of alpha_ij x[j], alpha = softmax over the sources of i's group of leaky_relu(source[j] +
// target[i]) (GAT); rows in no group: zeros. No target may be in two groups. Dropout takes a source from all targets of
// its group at once: that of group g, its source k and a head is decided by draw k h + head of rng.split(g).
// source [m, h], target [n, h], x [m, h c] -> [n, h c].
Var shared_attention(const std::shared_ptr<const std::vector<SharedNeighbours>>& groups, const Var& source,
                     const Var& target, const Var& x, Real slope, const std::optional<AttentionDropout>& dropout = {});

}  // namespace pfm
