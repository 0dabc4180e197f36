// Graph-Bert (Zhang et al. 2020, arXiv:2001.05140). A node and the nodes of highest intimacy to it are a sequence
// without edges; the mean over it behind a transformer is the node's vector (eq. 3-9). What the edges say enters as
// learned rows for a node's Weisfeiler-Lehman role, its rank in the sequence and its distance from the sequence's node
// (eq. 4-6). Two tasks without labels: to rebuild the node's features (eq. 11), and cosines of vectors that are the
// nodes' intimacy (eq. 12-13),
//   mean (x W + b - features)^2 + structure mean (cos(z_i, z_j) - intimacy(i, j))^2,
// the second over the pairs of a batch, where the authors take both in turn and all pairs of the graph. Intimacy is
// approximated (sampling/pagerank_subgraphs.h).
// As in their program, not in the paper: intimacy is symmetric, roles are those of one refinement, and the graph's
// residual, linear maps of row v of A^ X, is left out of the tasks, as are its weights. Labels find it added to the
// sequence behind each layer, as in eq. 8, and once more beside the mean: their scores of classes are linear in both.
// A post-norm layer of 32 columns, intermediate ones too, tables of 100 rows, dropout 0.5 and 0.3, weight decay 5e-4,
// and a rate of 0.001 for the tasks. Roles beyond 99 share rows; sequences are shorter in small components, where
// theirs take nodes of others.
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

#include <cmath>
#include <numeric>

namespace pfm {
namespace {

constexpr NodeId table_rows = 100;

// The columns of what enters: features, ones that look up three learned rows, and in a sequence's first row A^ X.
struct Columns {
  Offset features;
  Offset inputs() const { return features + 3 * table_rows; }
  Offset all() const { return inputs() + features; }
};

// Of every row its features, a one for each of role, rank and distance, and A^ X of its sequence's node.
Features with_places(const Batch& all, const Batch& sequences, const std::vector<NodeId>& nodes) {
  const std::vector<NodeId> roles = wl_colours(all.graph, {}, 1).of.back();
  const Sparse x = sequences.x.as_sparse(),
               around = multiply(all.graph.propagation({.weighted = false}), all.x).as_sparse();
  const Columns layout{x.cols()};
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  const auto append = [&](const Sparse& from, Offset row, Offset behind) {
    for (const NodeId c : from.columns(row)) columns.push_back(NodeId(behind) + c);
    for (std::size_t e = 0; e < from.columns(row).size(); ++e)
      values.push_back(from.weighted() ? from.values(row)[e] : 1);
  };
  for (std::size_t g = 0; g + 1 < sequences.segments.size(); ++g) {
    const Offset first = sequences.segments[g];
    const NodeId centre = nodes[std::size_t(first)];
    const std::vector<std::int32_t> steps = distances(all.graph, std::span(&centre, 1));
    for (Offset row = first; row < sequences.segments[g + 1]; ++row) {
      const auto node = std::size_t(nodes[std::size_t(row)]);
      append(x, row, 0);
      const NodeId distance = steps[node] < 0 ? table_rows - 1 : std::min<NodeId>(NodeId(steps[node]), table_rows - 1);
      NodeId table = NodeId(layout.features);
      for (const NodeId place : {NodeId(roles[node] % table_rows), NodeId(row - first), distance}) {
        columns.push_back(table + place), values.push_back(1);
        table += table_rows;
      }
      if (row == first) append(around, centre, layout.inputs());
      offsets.push_back(Offset(columns.size()));
    }
  }
  return Sparse(x.rows(), layout.all(), std::move(offsets), std::move(columns), std::move(values));
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
                                  : Real(double(ends.values(of[i])[e]) * std::sqrt(degree(of[i]) / degree(columns[e])));
  }
  return among;
}

Var squared_error(const Var& x, Matrix target) { return mean(square(subtract(x, Var(std::move(target))))); }

// Starts what a GraphBert of `p` then takes up: weights normal of deviation 0.02, as BERT's.
void start_as_bert(const Params& p, const TransformerSettings& s, const Columns& columns) {
  const auto start = [](const Params& layer, Offset in, Offset out) { layer.normal("weight", in, out, 0.02); };
  start(p / "input", columns.inputs(), s.width);
  for (int l = 0; l < s.layers; ++l) {
    const Params layer = p / "layers" / std::to_string(l);
    for (const char* map : {"query", "key", "value", "output"}) start(layer / "attention" / map, s.width, s.width);
    start(layer / "feed_forward" / "0", s.width, s.feed_forward);
    start(layer / "feed_forward" / "1", s.feed_forward, s.width);
  }
}

struct GraphBert {
  // "input", "norm", "layers.0", .. and of the residual "residual.states", "residual.scores" [F, width].
  GraphBert(const Params& p, Offset features, const TransformerSettings& settings)
      : columns{features},
        dropout(settings.dropout),
        input(p / "input", columns.inputs(), settings.width),
        norm(p / "norm", settings.width, settings.epsilon),
        transformer(p, settings),
        states(p.normal("residual.states", features, settings.width, 0.02)),
        scores(p.normal("residual.scores", features, settings.width, 0.02)) {}

  // The means of the sequences; `added` [G, width] or none goes to each behind each layer.  -> [G, width]
  Var means(const Batch& where, const Input& x, const Var& added, const std::optional<Rng>& rng) const {
    const Attended to{.plan = std::make_shared<const AttentionPlan>(within(where.segments))};
    const Var each = added ? repeat_segments(added, where.segments) : Var();
    const auto stream = [&](std::uint64_t i) { return rng ? std::optional(rng->split(i)) : std::nullopt; };
    const Var no_residual(Matrix::zeros(columns.features, input.weight.cols()));
    Var h = add_row(multiply(x, concat_rows({input.weight, no_residual})), input.bias);
    h = Dropout{dropout}(norm(h), stream(0));
    for (std::size_t l = 0; l < transformer.layers.size(); ++l) {
      h = transformer.layers[l](to, h, stream(l + 1));
      if (each) h = add(h, each);
    }
    return segment_means(h, where.segments);
  }

  // -> [G, 2 width]
  Var with_residual(const Batch& where, const Input& x, const std::optional<Rng>& rng) const {
    const Features first = x.fixed.gather(starts_of(where.segments));
    const Var none(Matrix::zeros(columns.inputs(), states.cols()));
    const auto residual = [&](const Var& map) { return multiply(first, concat_rows({none, map})); };
    return concat_columns({means(where, x, residual(states), rng), residual(scores)});
  }

  Columns columns;
  Real dropout;
  Linear input;
  LayerNorm norm;
  Transformer transformer;
  Var states, scores;
};

Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 200, .batch = 512, .lr = 0.001, .weight_decay = 5e-4});
  const auto features = prepare_from(o, "as-given");
  const PagerankRules rules{
      .count = o("nodes", 7), .alpha = o("restart", 0.15), .epsilon = 1e-5, .score = PagerankRules::Score::intimacy};
  const int hidden = o("hidden", 32);
  const TransformerSettings settings{.width = hidden,
                                     .heads = o("heads", 2),
                                     .feed_forward = hidden,
                                     .layers = o("layers", 2),
                                     .dropout = Real(chance_from(o, "dropout", 0.5)),
                                     .attention_dropout = Real(chance_from(o, "attention_dropout", 0.3))};
  const auto structure = Real(o("structure", 1.0));
  if (hidden < 1 || rules.count < 1 || rules.count >= table_rows)
    throw Error(Fault::usage, "options hidden and nodes: at least 1, nodes below 100");
  if (!(rules.alpha > 0 && rules.alpha < 1)) throw Error(Fault::usage, "option restart: between 0 and 1");
  need_features("graph-bert", data);
  if (data.graphs() > 1 || !data.types.empty())
    throw Error(Fault::input, data.name + ": graph-bert needs one graph with one kind of nodes");
  const Params p(o.rng);
  const Offset columns = data.all.x.cols();
  start_as_bert(p / "encoder", settings, {columns});
  const GraphBert model(p / "encoder", columns, settings);
  const Encoder encoder{[=](const Batch& where, const Input& x, const std::optional<Rng>& rng) {
                          return model.with_residual(where, x, rng);
                        },
                        2 * hidden};
  const Linear rebuild(p / "rebuild", hidden, columns);
  const Graph graph = data.all.graph;
  const Sparse ends = personalised_pagerank(graph, numbers_to(graph.nodes()), {.alpha = rules.alpha});
  auto loss = [=](const Batch& b, Rng rng) {
    const Var z = model.means(b, b.x, {}, rng), unit = l2_normalise(z);
    const Var own(b.x.gather(starts_of(b.segments)).as_dense());
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
          .presets = {{"cora", "public-l2", {}, {}}, {"citeseer", "public-l2", {{"nodes", "5"}}, {}}},
          .about = "a transformer over each node's nearest nodes rebuilds features and intimacy"};
}

}  // namespace pfm
