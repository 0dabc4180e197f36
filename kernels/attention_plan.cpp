#include <pfm/kernels/attention_plan.h>

#include <algorithm>
#include <functional>

namespace pfm {
namespace {

Offset count(Segments offsets) { return Offset(offsets.size()) - 1; }
Offset rows_of(Segments offsets, Offset g) { return offsets[std::size_t(g) + 1] - offsets[std::size_t(g)]; }

// One number for each row of a segment: value(g, place).
template <class Value>
std::vector<Offset> each_row(Segments offsets, Value value) {
  std::vector<Offset> all;
  all.reserve(std::size_t(offsets.back()));
  for (Offset g = 0; g < count(offsets); ++g)
    for (Offset i = 0; i < rows_of(offsets, g); ++i) all.push_back(value(g, i));
  return all;
}

}  // namespace

AttentionMask causal_mask(Segments queries, Segments keys) {
  return {.first = {},
          .last = each_row(queries, [&](Offset g, Offset i) { return i + 1 + rows_of(keys, g) - rows_of(queries, g); }),
          .rank = {}};
}

AttentionMask prefix_mask(Segments segments, std::span<const Offset> prefixes) {
  expect(Offset(prefixes.size()) == count(segments), "prefix_mask: one prefix per segment");
  return {.first = {},
          .last = each_row(segments, [&](Offset g, Offset i) { return std::max(prefixes[std::size_t(g)], i + 1); }),
          .rank = {}};
}

AttentionMask window_mask(Segments segments, Offset before, Offset after) {
  return {.first = each_row(segments, [=](Offset, Offset i) { return i - before; }),
          .last = each_row(segments, [=](Offset, Offset i) { return i + after + 1; }),
          .rank = {}};
}

AttentionMask permuted_mask(std::vector<Offset> ranks, bool own) {
  AttentionMask mask{.first = {}, .last = ranks, .rank = std::move(ranks)};
  if (own)
    for (Offset& end : mask.last) ++end;
  return mask;
}

PairIds relative_pairs(Segments queries, Segments keys, const std::function<NodeId(Offset distance)>& bucket) {
  Offset before = 0, after = 0;
  for (Offset g = 0; g < count(queries); ++g) {
    before = std::max(before, rows_of(queries, g) - 1);
    after = std::max(after, rows_of(keys, g) - 1);
  }
  PairIds pairs{std::vector<PairIds::Block>(std::size_t(count(queries)), {before, -1}), {}};
  for (Offset distance = -before; distance <= after; ++distance) pairs.ids.push_back(bucket(distance));
  return pairs;
}

PairIds single_pairs(Segments queries, Segments keys) {
  PairIds pairs;
  Offset start = 0;
  for (Offset g = 0; g < count(queries); start += rows_of(queries, g) * rows_of(keys, g), ++g)
    pairs.blocks.push_back({start, rows_of(keys, g)});
  return pairs;
}

Offset pair_count(Segments queries, Segments keys) {
  Offset pairs = 0;
  for (Offset g = 0; g < count(queries); ++g) pairs += rows_of(queries, g) * rows_of(keys, g);
  return pairs;
}

AttentionPlan within(Segments segments) {
  return {{segments.begin(), segments.end()}, {segments.begin(), segments.end()}};
}

AttentionPlan for_queries(const AttentionPlan& plan, std::span<const NodeId> rows) {
  expect(rows.empty() || (rows.front() >= 0 && Offset(rows.back()) < plan.queries.back()),
         "for_queries: rows of the plan");
  expect(std::ranges::adjacent_find(rows, std::greater_equal<>{}) == rows.end(),
         "for_queries: rows ascending, each once");
  AttentionPlan chosen{.queries = {0}, .keys = plan.keys, .mask = {.first = {}, .last = {}, .rank = plan.mask.rank}};
  for (const auto& [from, to] : {std::pair(&plan.mask.first, &chosen.mask.first), {&plan.mask.last, &chosen.mask.last}})
    if (!from->empty())
      for (const NodeId row : rows) to->push_back((*from)[std::size_t(row)]);
  auto row = rows.begin();
  for (Offset g = 0; g < count(plan.queries); ++g) {
    const Offset begin = plan.queries[std::size_t(g)], end = plan.queries[std::size_t(g) + 1];
    if (!plan.pairs.blocks.empty())
      chosen.pairs.blocks.push_back({Offset(chosen.pairs.ids.size()), rows_of(plan.keys, g)});
    for (; row != rows.end() && Offset(*row) < end; ++row) {
      if (plan.pairs.blocks.empty()) continue;
      const auto [start, stride] = plan.pairs.blocks[std::size_t(g)];
      const Offset first = start + stride * (*row - begin);
      for (Offset j = 0; j < rows_of(plan.keys, g); ++j)
        chosen.pairs.ids.push_back(plan.pairs.ids.empty() ? NodeId(first + j) : plan.pairs.ids[std::size_t(first + j)]);
    }
    chosen.queries.push_back(Offset(row - rows.begin()));
  }
  return chosen;
}

static void expect_pairs(const AttentionPlan& plan, Offset biases) {
  const PairIds& pairs = plan.pairs;
  const Offset segments = count(plan.queries), numbers = pairs.ids.empty() ? biases : Offset(pairs.ids.size());
  expect(Offset(pairs.blocks.size()) == segments, "attention: a block of pairs per segment");
  for (Offset g = 0; g < segments; ++g) {
    const Offset n = rows_of(plan.queries, g), m = rows_of(plan.keys, g);
    if (n == 0 || m == 0) continue;
    const auto [start, stride] = pairs.blocks[std::size_t(g)];
    const Offset last = start + stride * (n - 1);
    expect(std::min(start, last) >= 0 && std::max(start, last) + m <= numbers, "attention: pairs within the ids");
  }
  expect(std::ranges::all_of(pairs.ids, [&](NodeId id) { return id < biases; }), "attention: ids below the biases");
}

void expect_plan(const AttentionPlan& plan, Offset n, Offset m, std::optional<Offset> biases) {
  expect_segments(plan.queries, n);
  expect_segments(plan.keys, m);
  expect(plan.queries.size() == plan.keys.size(), "attention: as many segments of keys as of queries");
  const auto fits = [](const std::vector<Offset>& list, Offset rows) {
    return list.empty() || Offset(list.size()) == rows;
  };
  expect(fits(plan.mask.first, n) && fits(plan.mask.last, n), "attention: first and last for each query");
  expect(fits(plan.mask.rank, m), "attention: a rank for each key");
  if (biases) expect_pairs(plan, *biases);
}

}  // namespace pfm
