#include <pfm/encoders/patches.h>
#include <pfm/encoders/pieces.h>
#include <pfm/encoders/vision_transformer.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/segments.h>
#include <pfm/nn/shape.h>

#include <algorithm>
#include <numeric>

namespace pfm {

PatchRows patch_rows(const Batch& patches) {
  PatchRows rows{patches.segments, {}, {}};
  rows.places.reserve(std::size_t(patches.rows()));
  for (std::size_t g = 0; g + 1 < rows.segments.size(); ++g)
    for (Offset i = 0; i < rows.segments[g + 1] - rows.segments[g]; ++i) rows.places.push_back(NodeId(i));
  return rows;
}

std::vector<Offset> longer_segments(Segments segments, Offset extra) {
  std::vector<Offset> longer(segments.begin(), segments.end());
  for (std::size_t g = 0; g < longer.size(); ++g) longer[g] += Offset(g) * extra;
  return longer;
}

Var put_before(const Var& first, const Var& rows, Segments segments) {
  const Offset extra = first.rows();
  std::vector<NodeId> from;
  from.reserve(std::size_t(rows.rows()) + (segments.size() - 1) * std::size_t(extra));
  for (std::size_t g = 0; g + 1 < segments.size(); ++g) {
    for (Offset i = 0; i < extra; ++i) from.push_back(NodeId(i));
    for (Offset i = segments[g]; i < segments[g + 1]; ++i) from.push_back(NodeId(extra + i));
  }
  return gather_rows(concat_rows({first, rows}), from);
}

Var first_of_each(const Var& rows, Segments segments, Offset extra) {
  std::vector<NodeId> ids;
  for (std::size_t g = 0; g + 1 < segments.size(); ++g) ids.push_back(NodeId(segments[g] + Offset(g) * extra));
  return gather_rows(rows, ids);
}

Var behind_first(const Var& rows, Segments segments, Offset extra) {
  std::vector<NodeId> ids;
  for (std::size_t g = 0; g + 1 < segments.size(); ++g)
    for (Offset i = segments[g]; i < segments[g + 1]; ++i) ids.push_back(NodeId(i + Offset(g + 1) * extra));
  return gather_rows(rows, ids);
}

Offset pair_biases_of(const Grid& grid) { return Offset(2 * grid.height - 1) * (2 * grid.width - 1) + 3; }

PairIds pairs_in_grid(const Grid& grid, std::size_t samples) {
  const Offset n = Offset(grid.height) * grid.width, w = grid.width, across = 2 * w - 1;
  const auto rows = NodeId(pair_biases_of(grid));
  PairIds pairs{std::vector<PairIds::Block>(samples, {0, n + 1}), {rows - 1}};
  pairs.ids.resize(std::size_t(n + 1), rows - 3);
  for (Offset i = 0; i < n; ++i) {
    pairs.ids.push_back(rows - 2);
    for (Offset j = 0; j < n; ++j)
      pairs.ids.push_back(NodeId((i / w - j / w + grid.height - 1) * across + i % w - j % w + w - 1));
  }
  return pairs;
}

static TransformerSettings with_pair_biases(TransformerSettings s, const Grid& grid, const VisionParts& parts) {
  if (parts.relative == VisionParts::Relative::each_layer) s.pair_biases = pair_biases_of(grid);
  return s;
}

static Var make_positions(const Params& p, const Grid& grid, Offset width, VisionTransformer::Positions kind,
                          Offset extra) {
  if (kind == VisionTransformer::Positions::none) return {};
  const Offset rows = extra + Offset(grid.height) * grid.width;
  if (kind == VisionTransformer::Positions::learned) return p.normal("positions", rows, width, 0.02);
  Var positions = p.state("positions", rows, width);
  std::ranges::copy(sine_positions(grid, width).values(), positions.value().data() + extra * width);
  return positions;
}

VisionTransformer::VisionTransformer(const Params& p, Offset columns, const Grid& grid, const TransformerSettings& s,
                                     Positions kind, Offset count, const VisionParts& parts)
    : patches(p / "patches", columns, s.width, parts.patch_bias ? Linear::Bias::yes : Linear::Bias::no),
      first(p.normal("class", count, s.width, 0.02)),
      positions(make_positions(p, grid, s.width, kind, count)),
      transformer(p, with_pair_biases(s, grid, parts)),
      extra(count) {
  if (parts.token) token = p.normal("token", 1, s.width, 0.02);
  if (parts.norm_before) norm_before.emplace(p / "norm_before", s.width, s.epsilon);
  if (parts.relative == VisionParts::Relative::none) return;
  expect(extra == 1, "VisionTransformer: one row in front of patches with biases by their places");
  relative = grid;
  if (parts.relative == VisionParts::Relative::shared)
    pair_bias = p.constant("pair_bias", pair_biases_of(grid), s.heads, 0);
}

Attends VisionTransformer::plan(const PatchRows& where) const {
  AttentionPlan plan = within(longer_segments(where.segments, extra));
  if (relative) plan.pairs = pairs_in_grid(*relative, where.segments.size() - 1);
  return std::make_shared<const AttentionPlan>(std::move(plan));
}

Var VisionTransformer::embedded(const PatchRows& where, const Input& x) const {
  Var rows = apply(patches, x), in_front = first;
  if (!where.hidden.empty()) {
    std::vector<NodeId> from(std::size_t(rows.rows()));
    std::iota(from.begin(), from.end(), NodeId{0});
    for (const NodeId row : where.hidden) from[std::size_t(row)] = NodeId(rows.rows());
    rows = gather_rows(concat_rows({rows, token}), from);
  }
  if (positions) {
    std::vector<NodeId> places = where.places;
    for (NodeId& place : places) place += NodeId(extra);
    rows = add(rows, gather_rows(positions, places));
    in_front = add(first, slice_rows(positions, 0, extra));
  }
  const Var all = put_before(in_front, rows, where.segments);
  return norm_before ? (*norm_before)(all) : all;
}

Var VisionTransformer::operator()(const PatchRows& where, const Input& x, const std::optional<Rng>& rng) const {
  return transformer({.plan = plan(where), .bias = pair_bias}, embedded(where, x), rng);
}

std::vector<Var> VisionTransformer::states(const PatchRows& where, const Input& x) const {
  return transformer.states({.plan = plan(where), .bias = pair_bias}, embedded(where, x));
}

Encoder image_encoder(const VisionTransformer& network, PatchReadout readout) {
  const auto forward = [=](const Batch& where, const Input& x, std::optional<Rng> rng) {
    const Var rows = network(patch_rows(where), x, rng);
    if (readout == PatchReadout::first) return first_of_each(rows, where.segments, network.extra);
    return segment_means(behind_first(rows, where.segments, network.extra), where.segments);
  };
  return in_pieces({forward, int(network.patches.weight.cols())});
}

}  // namespace pfm
