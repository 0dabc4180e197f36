// primitives/: norms, linear maps, embeddings, attention, recurrent layers.
#include <fmt/format.h>
#include <pfm/encoders/recurrent.h>
#include <pfm/encoders/transformer.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/layers.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/parity_primitives.h>

namespace pfm::parity {
namespace {

Var layer_norm_case(Primitive& p) {
  return layer_norm(p.input("input"), p.param("weight"), p.param("bias"), p.option("eps"));
}

Var rms_norm_case(Primitive& p) {
  const Var x = p.input("x");
  const Var inverse = power(add_scalar(row_means(square(x)), p.option("eps")), Real(-0.5));
  return multiply_row(multiply_column(x, inverse), p.param("weight"));
}

// Groups of channels become rows for the norm, then single channels for scale and shift.
Var group_norm_case(Primitive& p) {
  const fixture::Array& shape = p.group.array("input/input");
  const Offset samples = shape.shape[0], channels = shape.shape[1], groups = Offset(p.option("groups"));
  const Offset pixels = shape.size() / (samples * channels);
  std::vector<NodeId> channel;
  for (Offset i = 0; i < samples * channels; ++i) channel.push_back(NodeId(i % channels));
  const Var x = reshape(p.input("input"), samples * groups, channels / groups * pixels);
  const Var unit = reshape(layer_norm(x, {}, {}, p.option("eps")), samples * channels, pixels);
  const auto per_row = [&](const Var& v) { return gather_rows(v, channel); };
  const Var scaled = multiply_column(unit, per_row(p.param("weight", Layout::column)));
  return add_column(scaled, per_row(p.param("bias", Layout::column)));
}

Run batch_norm_case(Layout layout) {
  return [layout](Primitive& p) {
    p.result = layout;
    const Var x = p.input("input", layout), weight = p.param("weight"), bias = p.param("bias");
    const Var mean = p.state("running_mean"), variance = p.state("running_var");
    if (!p.group.attributes.contains("momentum"))  // evaluation
      return batch_norm_fixed(x, weight, bias, mean, variance, p.option("eps"));
    return batch_norm(x, weight, bias, mean, variance, p.option("momentum"), p.option("eps"));
  };
}

Var linear_case(Primitive& p) {
  const Var x = p.input("input"), weight = p.param("weight", Layout::transposed);
  Linear layer(Params(), weight.rows(), weight.cols());
  layer.weight = weight, layer.bias = p.param("bias");
  return layer(x);
}

Var bilinear_case(Primitive& p) {
  const Var a = p.input("input1"), b = p.input("input2"), weight = p.param("weight"), bias = p.param("bias");
  std::vector<Var> outputs;
  for (Offset o = 0; o < bias.cols(); ++o) {
    Bilinear layer(Params(), a.cols(), b.cols());
    layer.weight = slice_rows(weight, o * a.cols(), (o + 1) * a.cols());
    layer.bias = slice_columns(bias, o, o + 1);
    outputs.push_back(layer(a, b));
  }
  return concat_columns(outputs);
}

// A padding row, where the note says that there is one, is a constant.
Var embedding_case(Primitive& p) {
  Var table = p.param("weight");
  if (p.group.text("note").find("row 0 gets no gradient") != std::string::npos)
    table = concat_rows({slice_rows(table, 0, 1).detached(), slice_rows(table, 1, table.rows())});
  return gather_rows(table, p.numbers<NodeId>("input"));
}

// Padded sequences [b, t, k] of lengths: places behind the end are zeros. PyTorch calls layer l's parameters
// weight_ih_l0, .., in the other direction with _reverse behind.
Run recurrent_case(Cell cell) {
  return [cell](Primitive& p) {
    const Var padded = p.input("x");
    const Offset steps = p.group.array("input/x").shape[1];
    std::vector<Offset> sequences{0};
    std::vector<NodeId> places;
    for (const Offset length : p.numbers<Offset>("lengths")) {
      const Offset first = Offset(sequences.size() - 1) * steps;
      for (Offset t = 0; t < length; ++t) places.push_back(NodeId(first + t));
      sequences.push_back(sequences.back() + length);
    }
    Var h = gather_rows(padded, places);
    for (int l = 0; p.group.has(fmt::format("param/rnn.weight_ih_l{}", l)); ++l) {
      std::vector<Var> both;
      for (const char* direction : {"", "_reverse"}) {
        const std::string end = fmt::format("_l{}{}", l, direction);
        if (!p.group.has("param/rnn.weight_ih" + end)) continue;
        const Var from_input = p.param("rnn.weight_ih" + end, Layout::transposed),
                  from_state = p.param("rnn.weight_hh" + end, Layout::transposed);
        Recurrent layer(Params(), cell, from_input.rows(), from_state.rows());
        layer.input.weight = from_input, layer.input.bias = p.param("rnn.bias_ih" + end);
        layer.hidden.weight = from_state, layer.hidden.bias = p.param("rnn.bias_hh" + end);
        both.push_back(layer(sequences, h, *direction ? Direction::backward : Direction::forward));
      }
      h = concat_columns(both);
    }
    return scatter_rows(h, places, padded.rows());
  };
}

// PyTorch keeps query, key and value in one matrix, one below the other.
MultiHeadAttention multi_head(Primitive& p, const std::string& name, Offset heads) {
  const Var weight = p.param(name + ".in_proj_weight", Layout::transposed), bias = p.param(name + ".in_proj_bias");
  const Offset width = weight.rows();
  MultiHeadAttention layer(Params(), width, heads);
  Linear* const parts[] = {&layer.query, &layer.key, &layer.value};
  for (Offset i = 0; i < 3; ++i) {
    parts[i]->weight = slice_columns(weight, i * width, (i + 1) * width);
    parts[i]->bias = slice_columns(bias, i * width, (i + 1) * width);
  }
  layer.output.weight = p.param(name + ".out_proj.weight", Layout::transposed);
  layer.output.bias = p.param(name + ".out_proj.bias");
  return layer;
}

// Samples [b, t, ..] as segments of t rows.
std::vector<Offset> samples_of(const Primitive& p, const std::string& name) {
  const std::vector<Offset>& shape = p.group.array("input/" + name).shape;
  std::vector<Offset> offsets;
  for (Offset b = 0; b <= shape[0]; ++b) offsets.push_back(b * shape[1]);
  return offsets;
}

Var causal_attention_case(Primitive& p) {
  const std::vector<Offset> segments = samples_of(p, "x");
  const Var x = p.input("x");
  p.input("memory");  // is not looked at
  AttentionPlan plan = within(segments);
  plan.mask = causal_mask(segments, segments);
  return multi_head(p, "attn", Offset(p.option("heads")))(std::make_shared<AttentionPlan>(plan), x, x);
}

// Hidden keys have a rank that nobody sees.
Var cross_attention_case(Primitive& p) {
  AttentionPlan plan{samples_of(p, "x"), samples_of(p, "memory")};
  for (const Offset hidden : p.numbers<Offset>("key_mask")) plan.mask.rank.push_back(-hidden);
  const Var x = p.input("x"), memory = p.input("memory");
  return multi_head(p, "attn", Offset(p.option("heads")))(std::make_shared<AttentionPlan>(plan), x, memory);
}

Var transformer_layer_case(Primitive& p) {
  const std::string note = p.group.text("note");
  const auto linear = [&](Linear& layer, const std::string& name) {
    layer.weight = p.param(name + ".weight", Layout::transposed), layer.bias = p.param(name + ".bias");
  };
  const auto norm = [&](LayerNorm& layer, const std::string& name) {
    layer.scale = p.param(name + ".weight"), layer.shift = p.param(name + ".bias");
  };
  const Var x = p.input("src");
  TransformerLayer layer(Params(), {.width = x.cols(),
                                    .heads = 2,
                                    .norm_first = note.find("pre-norm") != std::string::npos,
                                    .activation = note.find("GELU") != std::string::npos ? "gelu" : "relu",
                                    .epsilon = Real(1e-5)});
  layer.attention = multi_head(p, "self_attn", layer.attention.heads);
  linear(layer.widen, "linear1"), linear(layer.narrow, "linear2");
  norm(layer.attention_norm, "norm1"), norm(layer.feed_forward_norm, "norm2");
  return layer({.plan = std::make_shared<AttentionPlan>(within(samples_of(p, "src")))}, x);
}

}  // namespace

std::vector<Named> layer_primitives() {
  const Run prelu_case = [](Primitive& p) { return prelu(p.input("input"), p.param("weight")); };
  return {
      {"attention_causal", causal_attention_case},
      {"attention_cross_padded", cross_attention_case},
      {"batch_norm1d_eval", batch_norm_case(Layout::rows)},
      {"batch_norm1d_train", batch_norm_case(Layout::rows)},
      {"batch_norm2d_train", batch_norm_case(Layout::channels)},
      {"bigru", recurrent_case(Cell::gru)},
      {"bilinear", bilinear_case},
      {"bilstm_2layers", recurrent_case(Cell::lstm)},
      {"embedding", embedding_case},
      {"group_norm", group_norm_case},
      {"gru", recurrent_case(Cell::gru)},
      {"layer_norm", layer_norm_case},
      {"layer_norm_eps1e-5", layer_norm_case},
      {"linear", linear_case},
      {"lstm", recurrent_case(Cell::lstm)},
      {"prelu_channel", prelu_case},
      {"prelu_shared", prelu_case},
      {"rms_norm", rms_norm_case},
      {"transformer_encoder_post", transformer_layer_case},
      {"transformer_encoder_pre", transformer_layer_case},
  };
}

}  // namespace pfm::parity
