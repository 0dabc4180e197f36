#include <pfm/encoders/readout.h>
#include <pfm/nlp/two_streams.h>
#include <pfm/nn/shape.h>
#include <pfm/nn/truncated_normal.h>

#include <numeric>

namespace pfm::nlp {
namespace {

std::optional<Rng> stream_of(const std::optional<Rng>& rng, std::uint64_t i) {
  return rng ? std::optional(rng->split(i)) : std::nullopt;
}

// The keys of sentences, `memory` rows before each.
struct KeyRows {
  std::vector<Offset> segments{0}, ranks;
  std::vector<NodeId> parts, order;
};

KeyRows keys_of(std::span<const Offset> sentences, std::span<const Offset> ranks, std::span<const NodeId> parts,
                Offset memory) {
  KeyRows keys;
  const auto sentence_count = Offset(sentences.size()) - 1;
  for (Offset g = 0; g < sentence_count; ++g) {
    for (Offset i = 0; i < memory; ++i) {
      keys.order.push_back(NodeId(g * memory + i));
      keys.ranks.push_back(0), keys.parts.push_back(0);
    }
    for (Offset i = sentences[std::size_t(g)]; i < sentences[std::size_t(g) + 1]; ++i) {
      keys.order.push_back(NodeId(sentence_count * memory + i));
      keys.ranks.push_back(ranks.empty() ? 0 : ranks[std::size_t(i)]);
      keys.parts.push_back(parts.empty() ? 0 : parts[std::size_t(i)]);
    }
    keys.segments.push_back(Offset(keys.order.size()));
  }
  return keys;
}

}  // namespace

StreamRows stream_rows(const Architecture& a, const Batch& batch, std::span<const Offset> ranks, Offset memory) {
  expect(a.relative_distances, "stream_rows: an architecture of distances");
  expect(ranks.empty() || ranks.size() == batch.ids.size(), "stream_rows: a rank for each token");
  const std::vector<Offset> sentences = segments_of(batch);
  const std::vector<NodeId> parts = texts_of_rows(batch);
  StreamRows rows{.text = {.tokens = batch.ids, .positions = {}, .segments = parts, .plan = {}},
                    .targets = {},
                    .target_plan = {},
                    .relative = {},
                    .keys = {}};
  KeyRows keys = keys_of(sentences, ranks, parts, memory);
  AttentionPlan content{.queries = sentences, .keys = keys.segments}, query{.queries = {0}, .keys = keys.segments};
  std::vector<Offset> places, target_places;
  std::vector<NodeId> target_parts;
  for (std::size_t g = 0; g + 1 < sentences.size(); ++g) {
    for (Offset i = sentences[g]; i < sentences[g + 1]; ++i) {
      places.push_back(memory + i - sentences[g]);
      if (ranks.empty() || ranks[std::size_t(i)] <= 0) continue;
      rows.targets.push_back(NodeId(i)), target_places.push_back(places.back());
      query.mask.last.push_back(ranks[std::size_t(i)]);
      if (!parts.empty()) target_parts.push_back(parts[std::size_t(i)]);
    }
    query.queries.push_back(Offset(rows.targets.size()));
  }
  if (!ranks.empty()) {
    for (const Offset rank : ranks) content.mask.last.push_back(rank + 1);
    content.mask.rank = query.mask.rank = keys.ranks;
  }
  rows.text.relative = relative_rows(content, places, a.hidden, parts, keys.parts);
  rows.text.plan = std::make_shared<const AttentionPlan>(std::move(content));
  if (!rows.targets.empty()) {
    rows.relative = relative_rows(query, target_places, a.hidden, target_parts, keys.parts);
    rows.target_plan = std::make_shared<const AttentionPlan>(std::move(query));
  }
  if (memory > 0) rows.keys = std::move(keys.order);
  return rows;
}

TwoStreams::TwoStreams(const Params& p, const Architecture& a, const TextSettings& s)
    : encoder(p, a, s), query_start(truncated_normal(p, "query_start", 1, a.hidden, s.deviation)) {}

Streams TwoStreams::operator()(const StreamRows& rows, std::span<const Matrix> memory,
                               const std::optional<Rng>& rng) const {
  expect(rows.keys.empty() == memory.empty(), "TwoStreams: memory of every layer where the rows have some");
  const std::vector<TransformerLayer>& layers = encoder.transformer.layers;
  Streams streams;
  streams.content.push_back(
      encoder.embedded(gather_rows(encoder.tables.tokens, rows.text.tokens), rows.text, stream_of(rng, 0)));
  Attended content{.plan = rows.text.plan, .relative = rows.text.relative};
  Attended query{.plan = rows.target_plan, .relative = rows.relative};
  if (!rows.targets.empty()) {
    const std::vector<NodeId> each(rows.targets.size(), 0);
    streams.query.push_back(Dropout{encoder.dropout}(gather_rows(query_start, each), stream_of(rng, 1)));
  }
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const Var h = streams.content.back();
    content.content = query.content =
        memory.empty() ? h : gather_rows(concat_rows({Var(memory[l].clone()), h}), rows.keys);
    if (!streams.query.empty())
      streams.query.push_back(layers[l](query, streams.query.back(), stream_of(rng, 2 * l + 3)));
    streams.content.push_back(layers[l](content, h, stream_of(rng, 2 * l + 2)));
  }
  return streams;
}

}  // namespace pfm::nlp
