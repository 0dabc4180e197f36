// GMAE (Zhang et al. 2022, arXiv:2202.08391). Masked auto-encoding of graphs by transformers in the manner of
// Graphormer (arXiv:2106.05234): a learned row for a node's degree is added to its features, and a learned bias for the
// number of steps between two nodes to their score. The deep encoder sees the nodes that are not masked, and so costs
// their share and, in attention, its square; a shallow decoder sees all, a learned token in the place of masked ones,
// and its rows give the features of these back, by the mean squared error. Distances and degrees are those of the whole
// graph. As our own: 4 + 1 layers of 64 columns, where the authors use up to 30 + 2.
#include <pfm/encoders/graph_positions.h>
#include <pfm/encoders/readout.h>
#include <pfm/encoders/transformer.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/whole_graphs.h>

#include <algorithm>

namespace pfm {
namespace {

// Rows of a batch, ascending, with what of its graph they need.
struct Rows {
  std::vector<NodeId> kept;
  Attends plan;
};

// Of all rows' pairs those of `kept` among themselves.
Rows rows_of(const Batch& b, const PairIds& pairs, std::vector<NodeId> kept) {
  const std::vector<Offset> segments = segments_of(b);
  AttentionPlan plan{{0}, {}, {}, {}};
  auto from = kept.begin();
  for (std::size_t g = 0; g + 1 < segments.size(); ++g) {
    const auto to = std::lower_bound(from, kept.end(), segments[g + 1]);
    const auto [start, stride] = pairs.blocks[g];
    plan.pairs.blocks.push_back({Offset(plan.pairs.ids.size()), Offset(to - from)});
    for (auto i = from; i != to; ++i)
      for (auto j = from; j != to; ++j)
        plan.pairs.ids.push_back(pairs.ids[std::size_t(start + (*i - segments[g]) * stride + (*j - segments[g]))]);
    plan.queries.push_back(Offset(to - kept.begin()));
    from = to;
  }
  plan.keys = plan.queries;
  return {std::move(kept), std::make_shared<const AttentionPlan>(std::move(plan))};
}

// The rows of [0, n) that are not among `without`, ascending.
std::vector<NodeId> others(NodeId n, std::span<const NodeId> without) {
  std::vector<char> out(static_cast<std::size_t>(n));
  for (const NodeId v : without) out[std::size_t(v)] = 1;
  std::vector<NodeId> rows;
  for (NodeId v = 0; v < n; ++v)
    if (!out[std::size_t(v)]) rows.push_back(v);
  return rows;
}

struct Graphormer {
  Transformer layers;
  Var degrees, distances;

  Graphormer(const Params& p, const TransformerSettings& s, int most_degrees, int steps)
      : layers(p, s),
        degrees(p.normal("degrees", most_degrees, s.width, 0.02)),
        distances(p.constant("distances", steps + 2, s.heads, 0)) {}

  Var operator()(const Batch& b, const Rows& rows, const Var& h, const std::optional<Rng>& rng) const {
    std::vector<NodeId> degree;
    for (const NodeId v : rows.kept)
      degree.push_back(NodeId(std::min<Offset>(Offset(b.graph.adjacency().columns(v).size()), degrees.rows() - 1)));
    return layers({.plan = rows.plan, .bias = distances}, add(h, gather_rows(degrees, degree)), rng);
  }
};

Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 60, .batch = 32, .lr = 1e-3});
  need_graphs(data, "gmae-transformer");
  const NodeFeatures features = features_from(o, data, "given-or-degree");
  const double masked = o("mask", 0.7);
  const int steps = o("distances", 8), degrees = o("degrees", 64);
  TransformerSettings settings{.width = o("hidden", 64),
                               .heads = o("heads", 4),
                               .layers = o("layers", 4),
                               .norm_first = true,
                               .dropout = Real(chance_from(o, "dropout", 0.0)),
                               .attention_dropout = Real(chance_from(o, "attention_dropout", 0.0))};
  settings.feed_forward = 2 * settings.width;
  const std::string pooling = o("pooling", "mean");
  if (pooling == "attention")
    throw Error(Fault::usage, "option pooling: expected sum, mean or max; attention would not be trained");
  TransformerSettings shallow = settings;
  shallow.layers = o("decoder_layers", 1);
  if (!(masked > 0 && masked < 1) || steps < 1 || degrees < 1 || settings.width < 1)
    throw Error(Fault::usage, "options mask: between 0 and 1; distances, degrees and hidden: at least 1");
  const Offset columns = features.data.all.x.cols(), width = settings.width;
  const Params p(o.rng);
  const Linear input(p / "encoder" / "input", columns, width), middle(p / "middle", width, width),
      rebuild(p / "rebuild", width, columns);
  const Graphormer deep(p / "encoder", settings, degrees, steps), thin(p / "decoder", shallow, degrees, steps);
  const Var token = p.normal("token", 1, width, 0.02);
  const Encoder encoder{[=](const Batch& b, const Input& x, std::optional<Rng> rng) {
                          const Rows all = rows_of(b, distance_pairs(b, steps), others(b.rows(), {}));
                          return deep(b, all, apply(input, x), rng);
                        },
                        int(width)};
  auto loss = [=](const Batch& b, Rng rng) {
    const PairIds pairs = distance_pairs(b, steps);
    const auto count = std::clamp<NodeId>(NodeId(masked * double(b.rows())), 1, std::max<NodeId>(1, b.rows() - 1));
    std::vector<NodeId> hidden = sample_without(b.rows(), count, rng.split(0));
    std::ranges::sort(hidden);
    const Rows seen = rows_of(b, pairs, others(b.rows(), hidden)), all = rows_of(b, pairs, others(b.rows(), {}));
    const Var codes = middle(deep(b, seen, apply(input, b.x.gather(seen.kept)), rng.split(1)));
    const Var filled = add_row_to(scatter_rows(codes, seen.kept, b.rows()), token, hidden);
    const Var rebuilt = rebuild(gather_rows(thin(b, all, filled, rng.split(2)), hidden));
    return mean(square(subtract(rebuilt, Var(b.x.gather(hidden).as_dense()))));
  };
  return {.params = p,
          .encoder = pooled(encoder, readout(pooling, p / "readout", width)),
          .loss = loss,
          .training = training,
          .batches = [=](const Batch& all) { return sample_batches(all, training.batch); },
          .prepare = features.prepare};
}

}  // namespace

Method gmae_transformer() {
  return {.id = "gmae-transformer",
          .name = "GMAE",
          .make = make,
          .paper = "2202.08391",
          .presets = {{"mutag", "svc10-gm", {}, {}}, {"nci1", "svc10-gm", {}, {}}},
          .about = "a deep transformer over the nodes that are not masked, a shallow one rebuilds the others"};
}

}  // namespace pfm
