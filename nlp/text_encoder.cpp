#include <fmt/format.h>
#include <pfm/encoders/readout.h>
#include <pfm/nlp/text_encoder.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/nn/truncated_normal.h>

#include <algorithm>
#include <cmath>

namespace pfm::nlp {
namespace {

std::optional<Rng> stream(const std::optional<Rng>& rng, std::uint64_t i) {
  return rng ? std::optional(rng->split(i)) : std::nullopt;
}

void start_attention(const Params& p, const Architecture& a, double deviation, double ending) {
  for (const char* part : {"query", "key", "value"})
    truncated_normal(p / part, "weight", a.hidden, a.hidden, deviation);
  truncated_normal(p / "output", "weight", a.hidden, a.hidden, ending);
  if (!a.relative_distances) return;
  truncated_normal(p / "distance", "weight", a.hidden, a.hidden, deviation);
  for (const char* bias : {"content_bias", "distance_bias", "part_bias"})
    truncated_normal(p, bias, 1, a.hidden, deviation);
  truncated_normal(p, "parts", 2, a.hidden, deviation);
}

TransformerSettings started(const Params& p, const Architecture& a, const TextSettings& s, Offset layers, Offset made,
                            bool decoder) {
  const double ending = a.norm_first ? s.deviation / std::sqrt(2 * double(layers)) : s.deviation;
  for (Offset i = 0; i < made; ++i) {
    const Params layer = p / "layers" / std::to_string(i);
    start_attention(layer / "attention", a, s.deviation, ending);
    if (decoder) start_attention(layer / "cross_attention", a, s.deviation, ending);
    truncated_normal(layer / "feed_forward" / "0", "weight", a.hidden, a.inner, s.deviation);
    truncated_normal(layer / "feed_forward" / "1", "weight", a.inner, a.hidden, ending);
  }
  return {.width = a.hidden,
          .heads = a.heads,
          .feed_forward = a.inner,
          .layers = int(layers),
          .norm_first = a.norm_first,
          .activation = a.activation,
          .dropout = s.dropout,
          .attention_dropout = s.attention_dropout,
          .epsilon = Real(a.epsilon),
          .decoder = decoder,
          .relative = a.relative_distances && !decoder};
}

}  // namespace

TransformerSettings encoder_layers(const Params& p, const Architecture& a, const TextSettings& s) {
  TransformerSettings settings = started(p, a, s, a.layers, a.groups * a.blocks, false);
  settings.groups = int(a.groups), settings.inner = int(a.blocks);
  return settings;
}

TransformerSettings decoder_layers(const Params& p, const Architecture& a, const TextSettings& s) {
  return started(p, a, s, a.decoder_layers, a.decoder_layers, true);
}

NodeId relative_bucket(Offset distance, Offset buckets) {
  constexpr float farthest = 128;
  const Offset side = buckets / 2, exact = side / 2, away = std::abs(distance);
  Offset bucket = away;
  if (away >= exact) {  // in single precision, as in the reference, where a whole number may be missed
    const float steps = std::log(float(away) / float(exact)) / std::log(farthest / float(exact));
    bucket = std::min(exact + Offset(steps * float(side - exact)), side - 1);
  }
  return NodeId(distance > 0 ? side + bucket : bucket);
}

Offset longest_sentence(const Architecture& a) {
  return a.positions > 0 ? a.positions - a.first_position : std::numeric_limits<Offset>::max();
}

std::vector<NodeId> texts_of_rows(const Batch& batch) {
  std::vector<NodeId> texts;
  if (batch.x.is_dense() && batch.x.cols() == 1)
    for (const Real of : batch.x.dense().values()) texts.push_back(NodeId(of));
  if (std::ranges::all_of(texts, [](NodeId of) { return of == 0; })) texts.clear();
  return texts;
}

TextRows text_rows(const Architecture& a, const Batch& batch) {
  expect(Offset(batch.ids.size()) == Offset(batch.rows()), "text_rows: ids are tokens, one a row");
  const std::vector<Offset> sentences = segments_of(batch);
  TextRows rows{.tokens = batch.ids, .positions = {}, .segments = {}, .plan = {}};
  for (std::size_t g = 0; g + 1 < sentences.size(); ++g) {
    const Offset length = sentences[g + 1] - sentences[g];
    if (length > longest_sentence(a))
      throw Error(Fault::input, fmt::format("sentence {}: {} tokens, but the model has positions for {}", g + 1, length,
                                            longest_sentence(a)));
    for (Offset i = 0; i < length; ++i) rows.positions.push_back(NodeId(a.first_position + i));
  }
  if (a.segments > 0 || a.relative_distances) rows.segments = texts_of_rows(batch);
  AttentionPlan plan = within(sentences);
  if (a.causal) plan.mask = causal_mask(sentences, sentences);
  if (a.relative_buckets > 0)
    plan.pairs = relative_pairs(sentences, sentences, [&](Offset d) { return relative_bucket(d, a.relative_buckets); });
  if (a.relative_distances) {
    const std::vector<Offset> places(rows.positions.begin(), rows.positions.end());
    rows.relative = relative_rows(plan, places, a.hidden, rows.segments, rows.segments);
  }
  rows.plan = std::make_shared<const AttentionPlan>(std::move(plan));
  return rows;
}

TextTables::TextTables(const Params& p, const Architecture& a, double deviation, const Var& given) : tokens(given) {
  if (!tokens) tokens = truncated_normal(p / "tokens", "weight", a.vocabulary, a.embedding, deviation);
  if (a.positions > 0) positions = truncated_normal(p / "positions", "weight", a.positions, a.embedding, deviation);
  if (a.segments > 0) segments = truncated_normal(p / "segments", "weight", a.segments, a.embedding, deviation);
  if (a.embedding_norm) norm.emplace(p / "norm", a.embedding, Real(a.epsilon));
}

TextEncoder::TextEncoder(const Params& p, const Architecture& a, const TextSettings& s)
    : TextEncoder(p, a, s, TextTables(p / "embedding", a, s.deviation)) {}

TextEncoder::TextEncoder(const Params& p, const Architecture& a, const TextSettings& s, const TextTables& from)
    : architecture(a), tables(from), transformer(p, encoder_layers(p, a, s)), dropout(s.dropout) {
  if (a.embedding != a.hidden || a.embedding_project) {
    truncated_normal(p / "embedding" / "project", "weight", a.embedding, a.hidden, s.deviation);
    project.emplace(p / "embedding" / "project", a.embedding, a.hidden);
  }
  if (a.relative_buckets > 0)
    relative_bias = truncated_normal(p / "relative_bias", "weight", a.relative_buckets, a.heads, s.deviation);
}

Var TextTables::sum(const Var& rows, const TextRows& where, Real dropout, const std::optional<Rng>& rng) const {
  Var x = rows;
  if (segments) {
    const std::vector<NodeId> first(where.segments.empty() ? where.tokens.size() : 0);
    x = add(x, gather_rows(segments, where.segments.empty() ? first : where.segments));
  }
  if (positions) x = add(x, gather_rows(positions, where.positions));
  if (norm) x = (*norm)(x);
  return Dropout{dropout}(x, rng);
}

Var TextEncoder::embedded(const Var& tokens, const TextRows& rows, const std::optional<Rng>& rng) const {
  const Var x = tables.sum(tokens, rows, dropout, rng);
  return project ? (*project)(x) : x;
}

Var TextEncoder::layers(const Var& entering, const TextRows& rows, const std::optional<Rng>& rng) const {
  return transformer({.plan = rows.plan, .bias = relative_bias, .relative = rows.relative}, entering, rng);
}

Var TextEncoder::operator()(const TextRows& rows, const std::optional<Rng>& rng) const {
  return layers(embedded(gather_rows(tables.tokens, rows.tokens), rows, stream(rng, 0)), rows, stream(rng, 1));
}

ChosenRows TextEncoder::at(std::vector<NodeId> ids, const TextRows& rows, const std::optional<Rng>& rng) const {
  const Var entering = embedded(gather_rows(tables.tokens, rows.tokens), rows, stream(rng, 0));
  const Var found = transformer.at(ids, {.plan = rows.plan, .bias = relative_bias, .relative = rows.relative}, entering,
                                   stream(rng, 1));
  return {std::move(ids), found};
}

std::vector<Var> TextEncoder::states(const TextRows& rows, const std::optional<Rng>& rng) const {
  const Var entering = embedded(gather_rows(tables.tokens, rows.tokens), rows, stream(rng, 0));
  const std::vector<Var> steps = transformer.states(
      {.plan = rows.plan, .bias = relative_bias, .relative = rows.relative}, entering, stream(rng, 1));
  std::vector<Var> behind_layers;
  for (std::size_t i = 0; i < steps.size(); i += std::size_t(architecture.blocks)) behind_layers.push_back(steps[i]);
  return behind_layers;
}

Encoder TextEncoder::encoder() const {
  const auto forward = [self = *this](const Batch& batch, const Input& x, std::optional<Rng> rng) {
    const TextRows rows = text_rows(self.architecture, batch);
    if (!x.var) return self(rows, rng);
    return self.layers(self.embedded(x.var, rows, stream(rng, 0)), rows, stream(rng, 1));
  };
  return {forward, int(architecture.hidden)};
}

void put_weights(const Params& p, std::map<std::string, Matrix> matrices) {
  for (auto& [name, matrix] : matrices) p.constant(name, matrix.rows(), matrix.cols(), 0).value() = std::move(matrix);
}

}  // namespace pfm::nlp
