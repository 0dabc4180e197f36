// SuperGAT (Kim & Oh 2021, arXiv:2204.04879), mixed form MX (eq. 5): attention as GAT's, its score damped by how likely
// an edge between both ends is: leaky_relu((a_s . W x_j + a_t . W x_i) sigmoid(W x_i . W x_j)).
#pragma once
#include <pfm/encoders/gat.h>

namespace pfm {

struct SuperGat {
  // `channels` per head; "weight", "source", "target" Glorot, "bias" zero. Edge attributes are not used.
  SuperGat(const Params& p, Offset in, Offset channels, AttentionSettings settings);
  // [N, in] -> [N, out]
  Var operator()(const Graph& graph, const Input& x, std::optional<Rng> rng = {}) const;
  Var weight, source, target, bias;
  AttentionSettings settings;
};

}  // namespace pfm
