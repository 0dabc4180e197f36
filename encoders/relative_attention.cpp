#include <pfm/encoders/relative_attention.h>
#include <pfm/nn/head_products.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

// sin(x / 10000^(2 i / d)) in column i, cos in column d / 2 + i: not in turn, as in Vaswani et al.
Matrix sines_and_cosines(Offset farthest, Offset count, Offset width) {
  Matrix rows(count, width);
  for (Offset p = 0; p < count; ++p)
    for (Offset i = 0; i < width / 2; ++i) {
      const double angle = double(farthest - p) * std::pow(10000.0, -2.0 * double(i) / double(width));
      rows(p, i) = Real(std::sin(angle)), rows(p, width / 2 + i) = Real(std::cos(angle));
    }
  return rows;
}

}  // namespace

std::shared_ptr<const RelativeRows> relative_rows(AttentionPlan& plan, std::span<const Offset> places, Offset width,
                                                  std::span<const NodeId> query_parts,
                                                  std::span<const NodeId> key_parts) {
  expect(width % 2 == 0, "relative_rows: an even width");
  expect(Offset(places.size()) == plan.queries.back(), "relative_rows: a place for each query");
  Offset nearest = 0, farthest = 0;  // place of query less place of key
  const auto each_query = [&](auto body) {
    for (std::size_t g = 0; g + 1 < plan.queries.size(); ++g)
      for (Offset i = plan.queries[g]; i < plan.queries[g + 1]; ++i) body(i, plan.keys[g], plan.keys[g + 1]);
  };
  each_query([&](Offset i, Offset begin, Offset end) {
    const Offset place = places[std::size_t(i)];
    farthest = std::max(farthest, place), nearest = std::min(nearest, place - (end - begin - 1));
  });
  const Offset count = farthest - nearest + 1;
  expect(plan.queries.back() * count < Offset(std::numeric_limits<NodeId>::max()), "relative_rows: 32-bit numbers");
  auto rows = std::make_shared<RelativeRows>(RelativeRows{sines_and_cosines(farthest, count, width), {}});
  if (!query_parts.empty()) rows->parts.assign(std::size_t(plan.queries.back() * count), -1);
  plan.pairs = single_pairs(plan.queries, plan.keys);
  plan.pairs.ids.reserve(std::size_t(pair_count(plan.queries, plan.keys)));
  each_query([&](Offset i, Offset begin, Offset end) {
    for (Offset j = begin; j < end; ++j) {
      const Offset row = i * count + farthest - (places[std::size_t(i)] - (j - begin));
      plan.pairs.ids.push_back(NodeId(row));
      if (!query_parts.empty())
        rows->parts[std::size_t(row)] =
            NodeId(2 * i + (query_parts[std::size_t(i)] != key_parts[std::size_t(j)] ? 1 : 0));
    }
  });
  return rows;
}

RelativeScores::RelativeScores(const Params& p, Offset width)
    : distance(p.glorot("distance.weight", width, width)),
      content_bias(p.constant("content_bias", 1, width, 0)),
      distance_bias(p.constant("distance_bias", 1, width, 0)),
      part_bias(p.constant("part_bias", 1, width, 0)),
      parts(p.glorot("parts", 2, width)) {}

Var RelativeScores::contents(const Var& query) const { return add_row(query, content_bias); }

Var RelativeScores::biases(const RelativeRows& rows, const Var& query, Offset heads) const {
  const Var by_distance =
      head_products(add_row(query, distance_bias), multiply(Var(rows.distances.clone()), distance), heads);
  if (rows.parts.empty()) return by_distance;
  return add(by_distance, gather_rows(head_products(add_row(query, part_bias), parts, heads), rows.parts));
}

}  // namespace pfm
