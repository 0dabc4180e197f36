// Graph-Bert (Zhang et al. 2020, arXiv:2001.05140). A node and the nodes of highest intimacy to it are a sequence
// without edges; a transformer over it, to which the node's own features are added after each layer, and the mean over
// the sequence give the node's vector (eq. 3-9). What the edges say enters as learned rows for a node's
// Weisfeiler-Lehman role, its rank in the sequence and its distance from the sequence's node (eq. 4-6). Two tasks
// without labels: to rebuild the node's features (eq. 11), and cosines of vectors that are the nodes' intimacy (eq.
// 12-13),
//   mean (x W + b - features)^2 + structure mean (cos(z_i, z_j) - intimacy(i, j))^2,
// the second over the pairs of a batch, where the authors take both in turn and all pairs of the graph. Intimacy is
// approximated (sampling/pagerank_subgraphs.h). As in their program: a post-norm layer of 32 columns, intermediate ones
// too, tables of 100 rows, dropout 0.5 and 0.3, weight decay 5e-4. Roles beyond 99 share rows.
#include <pfm/encoders/readout.h>
#include <pfm/encoders/transformer.h>
#include <pfm/graph/distances.h>
#include <pfm/graph/personalised_pagerank.h>
#include <pfm/graph/wl_colours.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/segments.h>
#include <pfm/nn/shape.h>
#include <pfm/sampling/pagerank_subgraphs.h>
#include <pfm/selfsup/methods/methods.h>

#include <numeric>

namespace pfm {
namespace {

constexpr NodeId table_rows = 100;
constexpr int rounds = 2;  // of colour refinement

// The first row of each segment.
std::vector<NodeId> centres(const Batch& b) {
  std::vector<NodeId> rows;
  for (std::size_t i = 0; i + 1 < b.segments.size(); ++i) rows.push_back(NodeId(b.segments[i]));
  return rows;
}

// Behind the columns of the features a one for role, rank and distance of every row: a product with them looks up the
// three learned rows.
Features with_places(const Batch& all, const Batch& sequences, const std::vector<NodeId>& nodes) {
  const std::vector<NodeId> roles = wl_colours(all.graph, {}, rounds).of.back();
  const Sparse x = sequences.x.as_sparse();
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (std::size_t g = 0; g + 1 < sequences.segments.size(); ++g) {
    const Offset first = sequences.segments[g];
    const std::vector<std::int32_t> steps = distances(all.graph, std::span(&nodes[std::size_t(first)], 1));
    for (Offset row = first; row < sequences.segments[g + 1]; ++row) {
      const auto node = std::size_t(nodes[std::size_t(row)]);
      columns.insert(columns.end(), x.columns(row).begin(), x.columns(row).end());
      for (std::size_t e = 0; e < x.columns(row).size(); ++e) values.push_back(x.weighted() ? x.values(row)[e] : 1);
      const NodeId distance = steps[node] < 0 ? table_rows - 1 : std::min<NodeId>(NodeId(steps[node]), table_rows - 1);
      NodeId table = NodeId(x.cols());
      for (const NodeId place : {NodeId(roles[node] % table_rows), NodeId(row - first), distance}) {
        columns.push_back(table + place), values.push_back(1);
        table += table_rows;
      }
      offsets.push_back(Offset(columns.size()));
    }
  }
  return Sparse(x.rows(), x.cols() + 3 * table_rows, std::move(offsets), std::move(columns), std::move(values));
}

std::vector<NodeId> numbers_to(NodeId n) {
  std::vector<NodeId> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), NodeId{0});
  return all;
}

// A sequence for each node, as a sample.
Batch sequences_of(const Batch& all, const PagerankRules& rules) {
  const std::vector<NodeId> nodes = numbers_to(all.rows());
  Batch named = all;
  named.ids = nodes;
  Batch b = ranked_subgraphs(Subgraphs(named), nodes, ranked_by_pagerank(all.graph, nodes, rules));
  b.x = with_places(all, b, b.ids);
  b.graph = Graph::without_edges(b.rows());
  return b;
}

// Intimacy of the nodes `of` among themselves.  [n, n]
Matrix intimacy_among(const Graph& graph, const Sparse& ends, std::span<const NodeId> of) {
  std::vector<Offset> place(std::size_t(graph.nodes()), -1);
  for (std::size_t i = 0; i < of.size(); ++i) place[std::size_t(of[i])] = Offset(i);
  const auto degree = [&](NodeId v) { return double(graph.adjacency().columns(v).size()); };
  Matrix among = Matrix::zeros(Offset(of.size()), Offset(of.size()));
  for (std::size_t i = 0; i < of.size(); ++i) {
    const auto columns = ends.columns(of[i]);
    for (std::size_t e = 0; e < columns.size(); ++e)
      if (const Offset j = place[std::size_t(columns[e])]; j >= 0)
        among(Offset(i), j) = columns[e] == of[i]
                                  ? ends.values(of[i])[e]
                                  : Real(double(ends.values(of[i])[e]) * degree(of[i]) / degree(columns[e]));
  }
  return among;
}

Var squared_error(const Var& x, Matrix target) { return mean(square(subtract(x, Var(std::move(target))))); }

Encoder graph_bert_encoder(const Params& p, Offset features, const TransformerSettings& settings) {
  const Offset width = settings.width;
  const Linear input(p / "input", features + 3 * table_rows, width);
  const LayerNorm norm(p / "norm", width, settings.epsilon);
  const Var residual = p.glorot("residual", features, width);
  const Transformer transformer(p, settings);
  auto forward = [=](const Batch& where, const Input& x, std::optional<Rng> rng) {
    const Attended to{.plan = std::make_shared<const AttentionPlan>(within(where.segments))};
    const Var no_places(Matrix::zeros(3 * table_rows, width));
    const Var own = multiply(x.fixed.gather(centres(where)), concat_rows({residual, no_places}));
    const Var added = repeat_segments(own, where.segments);
    const auto stream = [&](std::uint64_t i) { return rng ? std::optional(rng->split(i)) : std::nullopt; };
    Var h = Dropout{settings.dropout}(norm(apply(input, x)), stream(0));
    for (std::size_t l = 0; l < transformer.layers.size(); ++l)
      h = add(transformer.layers[l](to, h, stream(l + 1)), added);
    return segment_means(h, where.segments);
  };
  return {forward, int(width)};
}

Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 200, .batch = 512, .lr = 0.01, .weight_decay = 5e-4});
  const auto features = prepare_from(o, "as-given");
  const PagerankRules rules{
      .count = o("nodes", 7), .alpha = o("restart", 0.15), .epsilon = 1e-4, .score = PagerankRules::Score::intimacy};
  const int hidden = o("hidden", 32);
  const TransformerSettings settings{.width = hidden,
                                     .heads = o("heads", 2),
                                     .feed_forward = hidden,
                                     .layers = o("layers", 2),
                                     .dropout = Real(o("dropout", 0.5)),
                                     .attention_dropout = Real(o("attention_dropout", 0.3))};
  const auto structure = Real(o("structure", 1.0));
  if (hidden < 1 || rules.count < 1 || rules.count >= table_rows)
    throw Error(Fault::usage, "options hidden and nodes: at least 1, nodes below 100");
  if (data.graphs() > 1 || !data.types.empty())
    throw Error(Fault::input, data.name + ": graph-bert needs one graph with one kind of nodes");
  const Params p(o.rng);
  const Offset columns = data.all.x.cols();
  const Encoder encoder = graph_bert_encoder(p / "encoder", columns, settings);
  const Linear rebuild(p / "rebuild", hidden, columns);
  const Graph graph = data.all.graph;
  const Sparse ends =
      personalised_pagerank(graph, numbers_to(graph.nodes()), {.alpha = rules.alpha, .epsilon = rules.epsilon});
  auto loss = [=](const Batch& b, Rng rng) {
    const Var z = encoder(b, rng), unit = l2_normalise(z);
    const Var own(b.x.gather(centres(b)).as_dense());
    const std::vector<NodeId> nodes(b.samples.begin(), b.samples.end());
    const Var attributes = squared_error(rebuild(z), slice_columns(own, 0, columns).value().clone());
    if (structure == 0) return attributes;
    return add(attributes,
               scale(squared_error(multiply_transposed(unit, unit), intimacy_among(graph, ends, nodes)), structure));
  };
  return {.params = p,
          .encoder = encoder,
          .loss = loss,
          .training = training,
          .batches = [=](const Batch& all) { return sample_batches(all, training.batch); },
          .prepare = [=](const Batch& all) { return sequences_of(features(all), rules); }};
}

}  // namespace

Method graph_bert() {
  return {.id = "graph-bert",
          .name = "Graph-Bert",
          .make = make,
          .paper = "2001.05140",
          .presets = {{"cora", "public-l2", {}, {}}, {"citeseer", "public-l2", {{"nodes", "5"}, {"lr", "0.001"}}, {}}},
          .about = "a transformer over each node's nearest nodes rebuilds features and intimacy"};
}

}  // namespace pfm
