// SDNE (Wang, Cui, Zhu 2016, KDD): an auto-encoder of adjacency rows s_i -> y_i -> s'_i whose codes of linked nodes are
// pulled together:
//   sum_i |(s'_i - s_i) * b_i|^2 + alpha sum_ij s_ij |y_i - y_j|^2 + nu1 sum |W| + nu2 sum W^2,
// b_ij = beta where s_ij is an edge, else 1. Batches of nodes: of a batch whole rows, [batch, N], are reconstructed,
// and the edges among its nodes pull. The paper trains sigmoids behind a deep belief network; from random weights a
// thousand of them saturate within a few steps, so units here are leaky, as in the programs whose figures are quoted,
// and the rate is .001 for their .01.
#include <pfm/encoders/stack.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/elementwise.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

#include <numeric>

namespace pfm {
namespace {

// sum over entries (i, j) of a_ij |y_i - y_j|^2.  y [n, d]
Var laplacian_loss(const Sparse& a, const Var& y) {
  const Var apart = row_sums(square(subtract(gather_targets(a, y), gather_sources(a, y))));
  if (!a.weighted()) return sum(apart);
  Matrix weights(a.nonzeros(), 1);
  std::ranges::copy(a.view().values, weights.data());
  return sum(hadamard(apart, Var(std::move(weights))));
}

// nu1 sum |w| + nu2 sum w^2
Var elastic_net(const Var& w, Real nu1, Real nu2) {
  return sum(elementwise(
      w, [=](Real x) { return nu1 * std::abs(x) + nu2 * x * x; },
      [=](Real x, Real) {
        return (x > 0 ? nu1 : x < 0 ? -nu1 : 0) + 2 * nu2 * x;
      }));
}

// Two layers there, two back.
Encoder layers(const Params& p, Offset in, Offset hidden, Offset out, const std::string& activation) {
  return stack(p, in, {.kind = "mlp", .hidden = hidden, .out = out, .layers = 2, .activation = activation});
}

Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 4, .batch = 200, .lr = 0.001});
  const int hidden = o("hidden", 1000), dimensions = o("dimensions", 128);
  const std::string activation = o("activation", "leaky_relu");
  const Real alpha = Real(o("alpha", 1e-6)), beta = Real(o("beta", 5.0));
  const Real nu1 = Real(o("nu1", 1e-5)), nu2 = Real(o("nu2", 1e-4));
  if (hidden < 1 || dimensions < 1) throw Error(Fault::usage, "options hidden, dimensions: at least 1");
  if (data.all.graph.edges() == 0) throw Error(Fault::input, data.name + ": SDNE needs edges, the graph has none");
  const Params p(o.rng);
  const Encoder encoder = layers(p / "encoder", data.nodes(), hidden, dimensions, activation);
  const Encoder decoder = layers(p / "decoder", dimensions, hidden, data.nodes(), activation);
  std::vector<Var> weights;
  for (const char* name : {"encoder.0.weight", "encoder.1.weight", "decoder.0.weight", "decoder.1.weight"})
    weights.push_back(p.at(name));
  auto loss = [=](const Batch& b, Rng) {
    const Var y = encoder(b);
    const Var apart = laplacian_loss(b.graph.adjacency(), y);
    Var all = add(weighted_reconstruction(decoder.forward(b, y, {}), b.x.sparse(), beta), scale(apart, alpha));
    for (const Var& w : weights) all = add(all, elastic_net(w, nu1, nu2));
    return all;
  };
  auto prepare = [](const Batch& all) {  // a node's features are its row of the adjacency
    Batch rows = all;
    rows.graph = symmetrised(all.graph);
    rows.x = Features(rows.graph.adjacency());
    return rows;
  };
  auto batches = [=](const Batch& all) {
    std::vector<NodeId> nodes(std::size_t(all.rows()));
    std::iota(nodes.begin(), nodes.end(), NodeId{0});
    return in_random_order(std::move(nodes), training.batch,
                           [=](std::span<const NodeId> chosen, const Rng&) { return induced(all, chosen); });
  };
  return {.params = p, .encoder = encoder, .loss = loss, .training = training, .batches = batches, .prepare = prepare};
}

}  // namespace

Method sdne() {
  return {.id = "sdne",
          .name = "SDNE",
          .make = make,
          .paper = "KDD 2016",
          .presets = {{"blogcatalog", "topk-ovr@90", {{"epochs", "10"}}, {40.32, 0, "CogDL leaderboard"}},
                      {"ppi", "topk-ovr@90", {{"epochs", "8"}}, {20.14, 0, "CogDL leaderboard"}}},
          .about = "auto-encodes adjacency rows, linked nodes get near codes"};
}

}  // namespace pfm
