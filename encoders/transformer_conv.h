// Attention over edges by dot products (Shi et al. 2021, arXiv:2009.03509, eq. 3-5; TransformerConv of
// torch_geometric): a target's query meets the keys of its sources, the edge's attributes are added to key and value,
// and the node's own row goes in through a linear map. Loops are ordinary edges, none is added.
#pragma once
#include <pfm/encoders/gat.h>

namespace pfm {

struct TransformerConv {
  // `channels` per head. "query", "key", "value", "root" with biases; with edge attributes "edge" [edge_width, h c];
  // `gated`: "gate" [3 out, 1], b = sigmoid([message, root, message - root] gate), out = b root + (1 - b) message, else
  // their sum. settings.loops and slope are not read.
  TransformerConv(const Params& p, Offset in, Offset channels, AttentionSettings settings, bool gated = false);
  // [N, in] -> [N, out]; edges [E, edge_width] instead of the graph's own attributes, with gradient.
  Var operator()(const Graph& graph, const Input& x, std::optional<Rng> rng = {}, const Var& edges = {}) const;
  Linear query, key, value, root;
  Var edge, gate;
  AttentionSettings settings;
};

}  // namespace pfm
