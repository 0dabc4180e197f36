// Layers of attention and a two-layer perceptron over the rows of segments (Vaswani et al. 2017): encoders, and
// decoders that look at an encoder's rows too. Letters: n rows, d columns.
#pragma once
#include <pfm/encoders/relative_attention.h>
#include <pfm/nn/attention.h>
#include <pfm/nn/layers.h>

#include <functional>
#include <string>

namespace pfm {

using Attends = std::shared_ptr<const AttentionPlan>;

// Keys and values of the rows that an attention has passed, for rows that come later and look back at them. Values
// alone: nothing of it is on the tape.
struct KeptRows {
  KeptRows(Offset capacity, Offset width) : keys(Matrix::zeros(capacity, width)), values(keys.clone()) {}
  Matrix keys, values;  // [capacity, d]
};

// out = output(attend(query(x), key(memory), value(memory))), a part of the columns for each head.
struct MultiHeadAttention {
  // "query", "key", "value", "output": Linear from d to d; with Biases::none beside the entries of RelativeScores.
  // `dropout` is of the attention weights. Heads that do not divide the width are the user's fault.
  enum class Biases { all, not_of_keys, none };
  MultiHeadAttention(const Params& p, Offset width, Offset heads, Real dropout = 0, Biases biases = Biases::all);
  // x [n, d], memory [m, d], bias [B, heads] or none -> [n, d]; `rows` are those of RelativeScores, where it has some
  Var operator()(const Attends& plan, const Var& x, const Var& memory, const Var& bias = {},
                 const std::optional<Rng>& rng = {}, const RelativeRows* rows = nullptr) const;
  // Of rows that stand at `first` .. of what is kept, where their keys and values are put; all rows of `kept` are keys
  // of the plan, whose mask hides those that are not there yet.  x [n, d] -> [n, d]
  Var onward(const AttentionPlan& plan, const Var& x, KeptRows& kept, Offset first) const;
  Linear query, key, value, output;
  std::optional<RelativeScores> relative;
  Offset heads;
  Real dropout;
};

struct TransformerSettings {
  Offset width = 64, heads = 4;
  Offset feed_forward = 0;  // columns between its two Linears; 0 = 4 width
  int layers = 2;
  // Layers that share parameters (Lan et al. 2020, ALBERT): `layers` steps go through `groups` groups of `inner`
  // layers, equally many steps each. 0 groups: nothing is shared.
  int groups = 0, inner = 1;
  bool norm_first = false;          // x + f(norm(x)), with a norm behind the last layer; else norm(x + f(x))
  std::string activation = "gelu";  // encoders/activation.h
  Real dropout = 0;                 // of what is added to x
  Real attention_dropout = 0;       // of attention weights
  Real epsilon = Real(1e-12);       // of norms
  bool decoder = false;             // a second attention in each layer, to a memory
  // BEiT (Bao et al. 2022, arXiv:2106.08254): keys without bias; factors of what is added to x that start at
  // layer_scale, one a column (Touvron et al. 2021, arXiv:2103.17239), 0 = none; each layer's own table of biases by
  // plan.pairs, of so many rows.
  bool key_bias = true;
  Real layer_scale = 0;
  Offset pair_biases = 0;
  bool relative = false;  // the first attention scores distances (encoders/relative_attention.h), no map has a bias
};

// What the rows of a layer attend to: each other by `plan`, with `bias` [B, heads], `relative` or neither; those of a
// decoder also `memory` [m, d] by `memory_plan`.
struct Attended {
  Attends plan;
  Var bias = {};
  std::shared_ptr<const RelativeRows> relative = {};
  Attends memory_plan = {};
  Var memory = {};
  // Of a query stream (Yang et al. 2019, arXiv:1906.08237), or behind a memory: rows [m, d] whose keys and values it
  // takes, not its own.
  Var content = {};
};

struct TransformerLayer {
  // "attention", "attention_norm", of a decoder "cross_attention", "cross_attention_norm", then "feed_forward.0",
  // "feed_forward.1", "feed_forward_norm"; where settings ask for them "attention_scale", "feed_forward_scale",
  // "pair_bias".
  TransformerLayer(const Params& p, const TransformerSettings& settings);
  Var operator()(const Attended& to, const Var& x, const std::optional<Rng>& rng = {}) const;  // [n, d] -> [n, d]
  // The same by what is kept, of a layer without a memory or biases.
  Var onward(const AttentionPlan& plan, const Var& x, KeptRows& kept, Offset first) const;
  MultiHeadAttention attention;
  LayerNorm attention_norm;
  std::optional<MultiHeadAttention> cross_attention;
  std::optional<LayerNorm> cross_attention_norm;
  Linear widen, narrow;
  using FeedForward = std::function<Var(const Linear& widen, const Linear& narrow, const Var& x)>;
  FeedForward feed_forward;  // with the activation between
  LayerNorm feed_forward_norm;
  Var attention_scale, feed_forward_scale, pair_bias;  // [1, d], [1, d], [B, heads], or none
  bool norm_first;
  Real dropout;
};

struct Transformer {
  // "layers.0", "layers.1", .. and with norm_first "norm".
  Transformer(const Params& p, const TransformerSettings& settings);
  Var operator()(const Attended& to, const Var& x, const std::optional<Rng>& rng = {}) const;  // [n, d] -> [n, d]
  // Some of the same rows, ascending: the last layer computes no others. Not of layers that score distances.
  Var at(std::span<const NodeId> rows, const Attended& to, const Var& x, const std::optional<Rng>& rng = {}) const;
  // x and the rows behind each step; the last ones through the last norm, where there is one.
  std::vector<Var> states(const Attended& to, const Var& x, const std::optional<Rng>& rng = {}) const;
  // The same for rows at `first` .., with what is kept of each layer.  [n, d] -> [n, d]
  Var onward(const AttentionPlan& plan, const Var& x, std::vector<KeptRows>& kept, Offset first) const;
  // Both streams through all layers, queries taking the content's rows as they enter each.  [m, d], [n, d] -> [n, d]
  Var two_streams(const Attended& content_to, const Var& content, const Attended& queries_to, const Var& queries,
                  const std::optional<Rng>& rng = {}) const;
  void pack(Precision precision);        // from now on, without gradients, of all Linears: kernels/packed.h
  std::vector<TransformerLayer> layers;  // in the order of the steps: copies share parameters
  std::optional<LayerNorm> norm;
};

}  // namespace pfm
