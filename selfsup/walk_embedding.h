// Skip-gram over random walks: what DeepWalk, node2vec and metapath2vec share.
#pragma once
#include <pfm/kernels/skipgram.h>
#include <pfm/sampling/walks.h>
#include <pfm/selfsup/method.h>

namespace pfm {

struct WalkEmbedding {
  int dimensions = 128;
  int walks = 10;   // from every start; each pass over the starts is a step of training
  NodeId from = 0;  // walks start at the first so many nodes; 0 = all
  SkipgramRules skipgram;
};

// Error(Fault::usage): options out of range; Error(Fault::input): a data set without edges.
void check_walk_embedding(const Dataset& data, const WalkEmbedding& how, int nodes_a_walk);

// A table of [nodes, dimensions] "encoder.table" trained on walks from all starts, which are sampled anew while they
// are needed. `outputs` makes noise or tree from how often all walks visit each node [nodes].
Pretext walk_embedding(NodeId nodes, const Walker& walker, const WalkEmbedding& how, Rng rng,
                       const std::function<SkipgramOutputs(std::span<const std::int64_t> visits)>& outputs);

}  // namespace pfm
