#include <pfm/encoders/patches.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/vision/mae_decoder.h>

#include <algorithm>

namespace pfm {

MaeDecoder::MaeDecoder(const Params& p, Offset from, Offset columns, const Grid& grid, const TransformerSettings& s)
    : in(p / "in", from, s.width),
      token(p.normal("token", 1, s.width, 0.02)),
      positions(p.state("positions", 1 + Offset(grid.height) * grid.width, s.width)),
      transformer(p, s),
      out(p / "out", s.width, columns) {
  std::ranges::copy(sine_positions(grid, s.width).values(), positions.value().data() + s.width);
}

Var MaeDecoder::entering(const Var& codes, const Batch& patches, const PatchMask& mask) const {
  const auto token_row = NodeId(codes.rows());
  std::vector<NodeId> from, places;
  auto hidden = mask.hidden_rows.begin();
  NodeId next = 0;
  for (std::size_t g = 0; g + 1 < patches.segments.size(); ++g) {
    from.push_back(next++), places.push_back(0);
    for (Offset i = patches.segments[g]; i < patches.segments[g + 1]; ++i) {
      const bool asked = hidden != mask.hidden_rows.end() && *hidden == i;
      from.push_back(asked ? token_row : next++);
      places.push_back(NodeId(1 + i - patches.segments[g]));
      if (asked) ++hidden;
    }
  }
  return add(gather_rows(concat_rows({in(codes), token}), from), gather_rows(positions, places));
}

static Attended each_other(const Batch& patches) {
  return {.plan = std::make_shared<const AttentionPlan>(within(longer_segments(patches.segments, 1)))};
}

Var MaeDecoder::rows(const Var& codes, const Batch& patches, const PatchMask& mask) const {
  return transformer(each_other(patches), entering(codes, patches, mask));
}

Var MaeDecoder::operator()(const Var& codes, const Batch& patches, const PatchMask& mask,
                           const std::optional<Rng>& rng) const {
  std::vector<NodeId> wanted;  // behind the class rows of their own image and of those before it
  std::size_t g = 0;
  for (const NodeId row : mask.hidden_rows) {
    while (row >= patches.segments[g + 1]) ++g;
    wanted.push_back(NodeId(row + Offset(g) + 1));
  }
  return out(transformer.at(wanted, each_other(patches), entering(codes, patches, mask), rng));
}

}  // namespace pfm
