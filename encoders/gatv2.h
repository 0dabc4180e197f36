// GATv2 (Brody et al. 2022, arXiv:2105.14491): the score is a . leaky_relu(W_s x_j + W_t x_i + W_e e_ij), so that
// which source wins can depend on the target. Messages are W_s x_j + b_s.
#pragma once
#include <pfm/encoders/gat.h>

namespace pfm {

struct GatV2 {
  // `channels` per head; "source" and "target" with biases, "attention" Glorot, "bias" zero; with edge attributes
  // "edge" without bias.
  GatV2(const Params& p, Offset in, Offset channels, AttentionSettings settings);
  // [N, in] -> [N, out]; edges [E, edge_width] instead of the graph's own attributes, with gradient.
  Var operator()(const Graph& graph, const Input& x, std::optional<Rng> rng = {}, const Var& edges = {}) const;
  Linear source, target;
  Var attention, bias, edge;
  AttentionSettings settings;
};

}  // namespace pfm
