#include <pfm/encoders/patches.h>
#include <pfm/encoders/pieces.h>
#include <pfm/encoders/vision_transformer.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/segments.h>
#include <pfm/nn/shape.h>

#include <algorithm>

namespace pfm {

PatchRows patch_rows(const Batch& patches) {
  PatchRows rows{patches.segments, {}};
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

static Var make_positions(const Params& p, const Grid& grid, Offset width, VisionTransformer::Positions kind,
                          Offset extra) {
  const Offset rows = extra + Offset(grid.height) * grid.width;
  if (kind == VisionTransformer::Positions::learned) return p.normal("positions", rows, width, 0.02);
  Var positions = p.state("positions", rows, width);
  std::ranges::copy(sine_positions(grid, width).values(), positions.value().data() + extra * width);
  return positions;
}

VisionTransformer::VisionTransformer(const Params& p, Offset columns, const Grid& grid, const TransformerSettings& s,
                                     Positions kind, Offset count)
    : patches(p / "patches", columns, s.width),
      first(p.normal("class", count, s.width, 0.02)),
      positions(make_positions(p, grid, s.width, kind, count)),
      transformer(p, s),
      extra(count) {}

Attends VisionTransformer::plan(const PatchRows& where) const {
  return std::make_shared<const AttentionPlan>(within(longer_segments(where.segments, extra)));
}

Var VisionTransformer::embedded(const PatchRows& where, const Input& x) const {
  std::vector<NodeId> places = where.places;
  for (NodeId& place : places) place += NodeId(extra);
  const Var rows = add(apply(patches, x), gather_rows(positions, places));
  const Var in_front = add(first, slice_rows(positions, 0, extra));
  return put_before(in_front, rows, where.segments);
}

Var VisionTransformer::operator()(const PatchRows& where, const Input& x, const std::optional<Rng>& rng) const {
  return transformer({.plan = plan(where)}, embedded(where, x), rng);
}

std::vector<Var> VisionTransformer::states(const PatchRows& where, const Input& x) const {
  return transformer.states({.plan = plan(where)}, embedded(where, x));
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
