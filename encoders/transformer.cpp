#include <fmt/format.h>
#include <pfm/encoders/activation.h>
#include <pfm/encoders/transformer.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>

#include <cmath>
#include <map>

namespace pfm {
namespace {

std::optional<Rng> stream(const std::optional<Rng>& rng, std::uint64_t i) {
  return rng ? std::optional(rng->split(i)) : std::nullopt;
}

// narrow(activation(widen(x))), in one pass where the product knows the activation.
TransformerLayer::FeedForward feed_forward_with(const std::string& name, const Params& p) {
  const std::map<std::string, Activation> known{
      {"relu", Activation::relu}, {"gelu", Activation::gelu}, {"gelu_tanh", Activation::gelu_tanh}};
  if (const auto found = known.find(name); found != known.end())
    return [between = found->second](const Linear& widen, const Linear& narrow, const Var& x) {
      return in_turn(widen, between, narrow, x);
    };
  return [between = activation(name, p)](const Linear& widen, const Linear& narrow, const Var& x) {
    return narrow(between(widen(x)));
  };
}

Offset checked_heads(Offset width, Offset heads) {
  if (heads < 1 || width % heads != 0)
    throw Error(Fault::usage,
                fmt::format("attention heads: expected a number that divides the width {}, got {}", width, heads));
  return heads;
}

AttentionHeads scaled_heads(Offset heads, Offset width) { return {heads, 1 / std::sqrt(Real(width / heads)), {}}; }

// x + factors change(norm(x)), or norm(x + factors change(x)).
template <class Change>
Var added(const TransformerLayer& layer, const LayerNorm& norm, const Var& factors, const Var& x,
          const std::optional<Rng>& rng, Change change) {
  Var changed = Dropout{layer.dropout}(change(layer.norm_first ? norm(x) : x), rng);
  if (factors) changed = multiply_row(changed, factors);
  return layer.norm_first ? add(x, changed) : norm(x, changed);
}

Var fed_forward(const TransformerLayer& layer, const Var& x, const std::optional<Rng>& rng) {
  return added(layer, layer.feed_forward_norm, layer.feed_forward_scale, x, rng,
               [&](const Var& v) { return layer.feed_forward(layer.widen, layer.narrow, v); });
}

}  // namespace

static Linear::Bias with(bool bias) { return bias ? Linear::Bias::yes : Linear::Bias::no; }

MultiHeadAttention::MultiHeadAttention(const Params& p, Offset width, Offset count, Real rate, Biases biases)
    : query(p / "query", width, width, with(biases != Biases::none)),
      key(p / "key", width, width, with(biases == Biases::all)),
      value(p / "value", width, width, with(biases != Biases::none)),
      output(p / "output", width, width, with(biases != Biases::none)),
      heads(checked_heads(width, count)),
      dropout(rate) {
  if (biases == Biases::none) relative.emplace(p, width);
}

Var MultiHeadAttention::operator()(const Attends& plan, const Var& x, const Var& memory, const Var& bias,
                                   const std::optional<Rng>& rng, const RelativeRows* rows) const {
  expect(relative.has_value() == (rows != nullptr), "attention: rows of distances where it scores them");
  AttentionHeads each = scaled_heads(heads, x.cols());
  if (rng && dropout > 0) each.dropout = AttentionDropout{dropout, *rng};
  const Var q = query(x);
  if (!relative) return output(attend(plan, each, q, key(memory), value(memory), bias));
  const Var distances = scale(relative->biases(*rows, q, heads), each.scale);
  return output(attend(plan, each, relative->contents(q), key(memory), value(memory), distances));
}

Var MultiHeadAttention::onward(const AttentionPlan& plan, const Var& x, KeptRows& kept, Offset first) const {
  expect(!relative && first >= 0 && first + x.rows() <= kept.keys.rows(), "attention: rows within what is kept");
  std::ranges::copy(key(x).value().values(), kept.keys.data() + first * x.cols());
  std::ranges::copy(value(x).value().values(), kept.values.data() + first * x.cols());
  return output(Var(attend(plan, scaled_heads(heads, x.cols()), query(x).value(), kept.keys, kept.values).out));
}

TransformerLayer::TransformerLayer(const Params& p, const TransformerSettings& s)
    : attention(p / "attention", s.width, s.heads, s.attention_dropout,
                s.relative   ? MultiHeadAttention::Biases::none
                : s.key_bias ? MultiHeadAttention::Biases::all
                             : MultiHeadAttention::Biases::not_of_keys),
      attention_norm(p / "attention_norm", s.width, s.epsilon),
      widen(p / "feed_forward" / "0", s.width, s.feed_forward > 0 ? s.feed_forward : 4 * s.width),
      narrow(p / "feed_forward" / "1", widen.weight.cols(), s.width),
      feed_forward(feed_forward_with(s.activation, p)),
      feed_forward_norm(p / "feed_forward_norm", s.width, s.epsilon),
      norm_first(s.norm_first),
      dropout(s.dropout) {
  if (s.layer_scale != 0) {
    attention_scale = p.constant("attention_scale", 1, s.width, s.layer_scale);
    feed_forward_scale = p.constant("feed_forward_scale", 1, s.width, s.layer_scale);
  }
  if (s.pair_biases > 0) pair_bias = p.constant("pair_bias", s.pair_biases, s.heads, 0);
  if (!s.decoder) return;
  cross_attention.emplace(p / "cross_attention", s.width, s.heads, s.attention_dropout);
  cross_attention_norm.emplace(p / "cross_attention_norm", s.width, s.epsilon);
}

Var TransformerLayer::operator()(const Attended& to, const Var& x, const std::optional<Rng>& rng) const {
  Var h = added(*this, attention_norm, attention_scale, x, stream(rng, 0), [&](const Var& v) {
    const Var keys = !to.content ? v : norm_first ? attention_norm(to.content) : to.content;
    return attention(to.plan, v, keys, pair_bias ? pair_bias : to.bias, stream(rng, 1), to.relative.get());
  });
  if (cross_attention)
    h = added(*this, *cross_attention_norm, {}, h, stream(rng, 2),
              [&](const Var& v) { return (*cross_attention)(to.memory_plan, v, to.memory, {}, stream(rng, 3)); });
  return fed_forward(*this, h, stream(rng, 4));
}

Var TransformerLayer::onward(const AttentionPlan& plan, const Var& x, KeptRows& kept, Offset first) const {
  expect(!cross_attention && !pair_bias, "TransformerLayer: rows are kept of layers without a memory or biases");
  const Var h = added(*this, attention_norm, attention_scale, x, {},
                      [&](const Var& v) { return attention.onward(plan, v, kept, first); });
  return fed_forward(*this, h, {});
}

Transformer::Transformer(const Params& p, const TransformerSettings& s) {
  const int groups = s.groups > 0 ? s.groups : s.layers;
  if (s.layers < 1 || s.inner < 1 || s.layers % groups != 0)
    throw Error(Fault::usage, fmt::format("transformer: expected at least 1 layer and groups that divide the layers, "
                                          "got {} layers in {} groups of {}",
                                          s.layers, groups, s.inner));
  for (int step = 0; step < s.layers; ++step)
    for (int i = 0; i < s.inner; ++i)
      layers.emplace_back(p / "layers" / std::to_string(step / (s.layers / groups) * s.inner + i), s);
  if (s.norm_first) norm.emplace(p / "norm", s.width, s.epsilon);
}

Var Transformer::operator()(const Attended& to, const Var& x, const std::optional<Rng>& rng) const {
  Var h = x;
  for (std::size_t l = 0; l < layers.size(); ++l) h = layers[l](to, h, stream(rng, l));
  return norm ? (*norm)(h) : h;
}

Var Transformer::at(std::span<const NodeId> rows, const Attended& to, const Var& x,
                    const std::optional<Rng>& rng) const {
  expect(!to.relative && !to.content && !to.memory, "Transformer: rows chosen of layers that see themselves alone");
  Attended last = to;
  last.plan = std::make_shared<const AttentionPlan>(for_queries(*to.plan, rows));
  last.content = x;
  for (std::size_t l = 0; l + 1 < layers.size(); ++l) last.content = layers[l](to, last.content, stream(rng, l));
  const Var h = layers.back()(last, gather_rows(last.content, rows), stream(rng, layers.size() - 1));
  return norm ? (*norm)(h) : h;
}

Var Transformer::onward(const AttentionPlan& plan, const Var& x, std::vector<KeptRows>& kept, Offset first) const {
  Var h = x;
  for (std::size_t l = 0; l < layers.size(); ++l) h = layers[l].onward(plan, h, kept[l], first);
  return norm ? (*norm)(h) : h;
}

std::vector<Var> Transformer::states(const Attended& to, const Var& x, const std::optional<Rng>& rng) const {
  std::vector<Var> all{x};
  for (std::size_t l = 0; l < layers.size(); ++l) all.push_back(layers[l](to, all.back(), stream(rng, l)));
  if (norm) all.back() = (*norm)(all.back());
  return all;
}

Var Transformer::two_streams(const Attended& content_to, const Var& content, const Attended& queries_to,
                             const Var& queries, const std::optional<Rng>& rng) const {
  Var c = content, q = queries;
  for (std::size_t l = 0; l < layers.size(); ++l) {
    Attended to = queries_to;
    to.content = c;
    q = layers[l](to, q, stream(rng, 2 * l));
    if (l + 1 < layers.size()) c = layers[l](content_to, c, stream(rng, 2 * l + 1));
  }
  return norm ? (*norm)(q) : q;
}

void Transformer::pack(Precision precision) {
  for (TransformerLayer& layer : layers) {
    std::vector<Linear*> all{&layer.widen, &layer.narrow};
    for (MultiHeadAttention* a : {&layer.attention, layer.cross_attention ? &*layer.cross_attention : nullptr})
      if (a) all.insert(all.end(), {&a->query, &a->key, &a->value, &a->output});
    for (Linear* linear : all) linear->pack(precision);
  }
}

}  // namespace pfm
