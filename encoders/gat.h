// Graph attention network (Velickovic et al. 2018, arXiv:1710.10903): messages W x_j weighted by a softmax over the
// incoming edges of leaky_relu(a_s . W x_j + a_t . W x_i + a_e . W_e e_ij), several heads beside each other.
#pragma once
#include <pfm/encoders/encoder.h>

namespace pfm {

struct AttentionSettings {
  Offset heads = 1;
  bool concat = true;             // else heads are averaged
  Loops loops = Loops::replaced;  // an added loop has the mean of the node's incoming edge attributes
  Offset edge_width = 0;          // of the edge attributes that enter the scores; 0 = none
  Real slope = Real(0.2);
  Real dropout = 0;  // of the attention, in training
};

struct Gat {
  // `channels` per head, the result has heads * channels columns, or `channels` where heads are averaged.
  // "weight", "source", "target" Glorot, "bias" zero; with edge attributes "edge_weight" and "edge".
  Gat(const Params& p, Offset in, Offset channels, AttentionSettings settings);
  // [N, in] -> [N, out]; edges [E, edge_width] instead of the graph's own attributes, with gradient.
  Var operator()(const Graph& graph, const Input& x, std::optional<Rng> rng = {}, const Var& edges = {}) const;
  Var weight, source, target, bias, edge_weight, edge;
  AttentionSettings settings;
};

// Starts what a Gat of `p` without edge attributes then takes up: normal with deviation 2 / sqrt(in + out) each, as
// DGL's layer does, instead of Glorot's uniform start.
void start_normal(const Params& p, Offset in, Offset heads, Offset channels);

// The attributes of the messages that a layer weighs: `edges`, else the graph's own, with loops as `loops` says.
Var message_attributes(const Graph& graph, Loops loops, const Var& edges, Offset width);  // -> [M, width]

}  // namespace pfm
