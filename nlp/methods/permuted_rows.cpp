#include <pfm/encoders/readout.h>
#include <pfm/nlp/methods/permuted_rows.h>
#include <pfm/nn/shape.h>

#include <algorithm>

namespace pfm::nlp {
namespace {

// Rows under construction, and where the keys' ranks lie: z_p .. z_1, the context, the masks at z_p .. z_1. What a row
// sees is then a range of ranks.
struct Growing {
  TextRows rows;
  std::vector<Offset> segments{0};
  AttentionMask mask;
  void add(NodeId token, Offset place, Offset first, Offset last) {
    rows.tokens.push_back(token), rows.positions.push_back(NodeId(place));
    mask.first.push_back(first), mask.last.push_back(last);
  }
};

// The row of the table of biases for each pair, by the distance of their places.
PairIds pairs_of(const Growing& queries, const Growing& keys, Offset buckets) {
  PairIds pairs = single_pairs(queries.segments, keys.segments);
  for (std::size_t g = 0; g + 1 < queries.segments.size(); ++g)
    for (Offset i = queries.segments[g]; i < queries.segments[g + 1]; ++i)
      for (Offset j = keys.segments[g]; j < keys.segments[g + 1]; ++j)
        pairs.ids.push_back(relative_bucket(
            Offset(keys.rows.positions[std::size_t(j)]) - queries.rows.positions[std::size_t(i)], buckets));
  return pairs;
}

TextRows finished(const Growing& queries, const Growing& keys, const std::vector<Offset>& ranks, Offset buckets) {
  AttentionPlan plan{.queries = queries.segments, .keys = keys.segments, .mask = queries.mask};
  plan.mask.rank = ranks;
  if (buckets > 0) plan.pairs = pairs_of(queries, keys, buckets);
  TextRows rows = queries.rows;
  rows.plan = std::make_shared<const AttentionPlan>(std::move(plan));
  return rows;
}

}  // namespace

PermutedRows permuted_rows(const Architecture& a, const Batch& seen, const Batch& truth, const Rng& rng) {
  const std::vector<Offset> texts = segments_of(seen);
  Growing content, queries;
  std::vector<Offset> ranks;
  PermutedRows result;
  auto next = seen.hidden_nodes.begin();
  for (std::size_t g = 0; g + 1 < texts.size(); ++g) {
    const auto end = std::find_if(next, seen.hidden_nodes.end(), [&](NodeId row) { return row >= texts[g + 1]; });
    const std::vector<NodeId> order = shuffled(std::vector<NodeId>(next, end), rng.split(g));
    next = end;
    const auto p = Offset(order.size());
    std::vector<Offset> rank(std::size_t(texts[g + 1] - texts[g]), p);
    for (Offset t = 1; t <= p; ++t) rank[std::size_t(order[std::size_t(t - 1)] - texts[g])] = 2 * p + 1 - t;
    const auto place = [&](NodeId row) { return a.first_position + row - texts[g]; };
    for (Offset row = texts[g]; row < texts[g + 1]; ++row)
      content.add(seen.ids[std::size_t(row)], place(NodeId(row)), p, 2 * p + 1);
    ranks.insert(ranks.end(), rank.begin(), rank.end());
    for (Offset t = 1; t <= p; ++t) {
      const NodeId row = order[std::size_t(t - 1)], token = truth.ids[std::size_t(row)];
      content.add(token, place(row), p - t, 2 * p + 1 - t);
      ranks.push_back(p - t);
      queries.add(seen.ids[std::size_t(row)], place(row), p - t + 1, 2 * p + 2 - t);
      result.tokens.push_back(token);
    }
    content.segments.push_back(Offset(content.rows.tokens.size()));
    queries.segments.push_back(Offset(queries.rows.tokens.size()));
  }
  result.content = finished(content, content, ranks, a.relative_buckets);
  result.queries = finished(queries, content, ranks, a.relative_buckets);
  return result;
}

Var query_stream(const TextEncoder& encoder, const PermutedRows& rows, const std::optional<Rng>& rng) {
  const auto stream = [&](const char* name) { return rng ? std::optional(rng->split(name)) : std::nullopt; };
  const auto embedded = [&](const TextRows& of, const char* name) {
    return encoder.embedded(gather_rows(encoder.tables.tokens, of.tokens), of, stream(name));
  };
  return encoder.transformer.two_streams(
      {.plan = rows.content.plan, .bias = encoder.relative_bias}, embedded(rows.content, "content"),
      {.plan = rows.queries.plan, .bias = encoder.relative_bias}, embedded(rows.queries, "queries"), stream("layers"));
}

}  // namespace pfm::nlp
