// GraphSAGE without labels (Hamilton, Ying, Leskovec 2017, arXiv:1706.02216). Nodes that meet on short walks get
// similar rows, others do not (eq. 1):
//   - log sigmoid(z_u . z_v) - Q E log sigmoid(-z_u . z_n),  n drawn in proportion to degree^(3/4)
// A layer sets a node's own half beside that of its sampled neighbours (algorithm 1, line 5); rows have norm 1 at the
// end. As in the authors' program the Q negatives serve all pairs of a batch, layers have no bias but the pool's, the
// seeds draw 10 neighbours (S2) and these 25 (S1), and an epoch goes once over all pairs of a node and one that a walk
// from it meets. Here walks go 5 steps and are drawn once; whole neighbourhoods are used for embedding.
#include <pfm/graph/symmetrise.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>
#include <pfm/sampling/link_batches.h>
#include <pfm/sampling/walks.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/pair_rows.h>

#include <limits>
#include <numeric>

namespace pfm {
namespace {

struct Layer {
  std::string aggregator;
  std::optional<Linear> pool, own;
  Linear received;

  Layer(const Params& p, Offset in, Offset half, const std::string& kind)
      : aggregator(kind),
        received(p / "neighbours", kind == "pool" ? 4 * half : in, kind == "gcn" ? 2 * half : half, Linear::Bias::no) {
    if (kind == "pool") pool.emplace(p / "pool", in, 4 * half);  // the authors' small model: 512 of 128
    if (kind != "gcn") own.emplace(p / "own", in, half, Linear::Bias::no);
  }

  // along [n, m], x [m, in] -> [n, 2 half]
  Var operator()(const Sparse& along, const Input& x) const {
    if (aggregator == "gcn") {  // one mean over neighbours and the node itself
      const Var product = apply(received, x);
      Matrix share(along.rows(), 1);
      for (Offset i = 0; i < along.rows(); ++i) share(i, 0) = 1 / Real(1 + along.columns(i).size());
      return multiply_column(add(spmm(along, product), slice_rows(product, 0, along.rows())), Var(std::move(share)));
    }
    const Var neighbours = pool ? received(aggregate(along, relu(apply(*pool, x)), Reduce::max))
                                : aggregate(along, apply(received, x), Reduce::mean);
    return concat_columns({apply(*own, first_rows(x, along.rows())), neighbours});
  }
};

Encoder encoder_of(const Params& p, Offset in, Offset half, const std::string& aggregator) {
  const std::vector<Layer> layers{Layer(p / "0", in, half, aggregator), Layer(p / "1", 2 * half, half, aggregator)};
  auto forward = [=](const Batch& where, const Input& x, std::optional<Rng>) {  // a sampled batch: its seeds' rows
    const std::vector<Offset>& hops = where.hops;
    expect(hops.empty() || hops.size() == 3, "graphsage: neighbourhoods of two hops");
    const NodeId inner = NodeId(hops.empty() ? where.rows() : hops[1]),
                 seeds = NodeId(hops.empty() ? where.rows() : hops[0]);
    const Var h = relu(layers[0](where.graph.corner(inner, where.rows()).incoming(), x));
    return l2_normalise(layers[1](where.graph.corner(seeds, inner).incoming(), h));
  };
  return {forward, int(2 * half)};
}

// A node and each other one that its walks meet, as often as they do.
std::vector<Edge> met_on_walks(const Graph& graph, Offset walks, Offset length, const Rng& rng) {
  const Walker walker(graph, {.length = length, .weighted = false});
  const NodeId n = graph.nodes();
  std::vector<NodeId> starts(static_cast<std::size_t>(n)), met(std::size_t(n) * std::size_t(length + 1));
  std::iota(starts.begin(), starts.end(), NodeId{0});
  std::vector<Edge> pairs;
  for (Offset walk = 0; walk < walks; ++walk) {
    walker.walk(starts, walk * n, rng, met);
    for (std::size_t i = 0; i < met.size(); ++i) {
      const NodeId start = starts[i / std::size_t(length + 1)];
      if (met[i] >= 0 && met[i] != start) pairs.push_back({start, met[i]});
    }
  }
  return pairs;
}

Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 20, .batch = 512, .lr = 0.001});
  const std::string aggregator = o("aggregator", "mean");
  const int half = o("hidden", 128), inner = o("s1", 25), outer = o("s2", 10);
  const int walks = o("walks", 50), length = o("length", 5), negative = o("negative", 20);
  const auto prepare = prepare_from(o);
  if (aggregator != "mean" && aggregator != "pool" && aggregator != "gcn")
    throw Error(Fault::usage, "option aggregator: expected mean, pool or gcn, got \"" + aggregator + "\"" +
                                  (aggregator == "lstm" ? "; there is no LSTM here" : ""));
  if (half < 1 || walks < 1 || length < 1 || negative < 1)
    throw Error(Fault::usage, "options hidden, walks, length, negative: at least 1");
  if (data.all.graph.edges() == 0) throw Error(Fault::input, data.name + ": walks need edges, the graph has none");
  if (std::int64_t(data.nodes()) * walks * length > std::numeric_limits<NodeId>::max())
    throw Error(Fault::usage, data.name + ": walks x length x nodes: more than 2^31 pairs, take fewer walks");
  const Params p(o.rng);
  const Encoder encoder = encoder_of(p / "encoder", data.all.x.cols(), half, aggregator);
  auto loss = [=](const Batch& b, Rng rng) {
    const Var z = encoder(b, rng);
    const auto [u, v] = pair_rows(z, b.hidden_edges);
    return logistic_loss(row_dots(u, v), multiply_transposed(u, gather_rows(z, b.hidden_nodes)), Real(negative));
  };
  auto batches = [=, rng = o.rng](const Batch& all) {
    const Graph both_ways = symmetrised(all.graph);
    const NeighbourSampler sampler(all, {.fanouts = {outer, inner}, .draw = NeighbourRules::Draw::repeated});
    const NegativeSampler noise(both_ways, {.power = 0.75, .edges = true});
    return in_random_order(met_on_walks(both_ways, walks, length, rng.split("walks")), training.batch,
                           [=](std::span<const Edge> pairs, const Rng& draws) {
                             std::vector<NodeId> drawn(static_cast<std::size_t>(negative));
                             noise.draw(std::vector<NodeId>{0}, negative, 0, draws.split("negatives"), drawn);
                             return sample_around(sampler, pairs, drawn, draws.split("neighbours"));
                           });
  };
  return {.params = p, .encoder = encoder, .loss = loss, .training = training, .batches = batches, .prepare = prepare};
}

}  // namespace

Method graphsage() {
  return {.id = "graphsage",
          .name = "GraphSAGE, unsupervised",
          .make = make,
          .paper = "1706.02216",
          .presets = {{"cora", "public-l2", {}, {78.2, 0.9, "CogDL, unsupervised GraphSAGE"}}},
          .about = "nodes that meet on short walks get similar rows, from sampled neighbourhoods"};
}

}  // namespace pfm
