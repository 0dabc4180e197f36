// SUBG-CON (Jiao et al. 2020, arXiv:2009.10273). A node must score higher with the mean of the subgraph around it than
// another node does, and a subgraph higher with its own node than with another (eq. 5-7); subgraphs are the nodes of
// highest personalised PageRank around each:
//   mean max(0, margin - s(h . c) + s(h~ . c)) + mean max(0, margin - s(h~ . c~) + s(h . c~))
// with s the logistic function, ~ rows in another order, c the subgraph's mean without the logistic function around it,
// as in the authors' program. There a step takes 500 nodes at random, validation labels end the training after some 55
// steps, and rows come from the subgraphs again when it is over; here an epoch goes over all nodes, 500 a step, their
// number is fixed (54 steps on Cora), and rows come from whole neighbourhoods. PReLU has one slope.
#include <pfm/encoders/readout.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>
#include <pfm/sampling/pagerank_subgraphs.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

#include <numeric>

namespace pfm {
namespace {

std::vector<NodeId> all_nodes(const Batch& batch) {
  std::vector<NodeId> nodes(static_cast<std::size_t>(batch.rows()));
  std::iota(nodes.begin(), nodes.end(), NodeId{0});
  return nodes;
}

Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 9, .batch = 500, .lr = 0.001});
  const auto prepare = prepare_from(o, "as-given");
  const int nodes = o("nodes", 20);
  const auto margin = Real(o("margin", 0.5));
  const double restart = o("restart", 0.15);
  if (data.nodes() < 2) throw Error(Fault::input, data.name + ": subgraphs are told apart, which needs two nodes");
  const Params p(o.rng);
  const Encoder encoder =
      encoder_from(p / "encoder", data, o, {.kind = "gcn", .hidden = 1024, .layers = 1, .activation = "prelu"});
  auto loss = [=](const Batch& b, Rng rng) {
    const Var rows = encoder(b, rng.split(1)), around = mean_readout(b, rows),
              own = gather_rows(rows, starts_of(b.segments));
    const std::vector<NodeId> order = permutation(NodeId(own.rows()), rng.split(2));
    const Var right = sigmoid(row_dots(own, around)), other_node = sigmoid(row_dots(gather_rows(own, order), around)),
              other_graph = sigmoid(row_dots(own, gather_rows(around, order)));
    return add(margin_loss(right, other_node, margin), margin_loss(gather_rows(right, order), other_graph, margin));
  };
  auto batches = [=](const Batch& all) {
    const Subgraphs graphs(all);
    const auto lists = std::make_shared<const RankedNodes>(
        ranked_by_pagerank(all.graph, all_nodes(all), {.count = nodes, .alpha = restart}));
    return in_random_order(all_nodes(all), training.batch, [=](std::span<const NodeId> seeds, const Rng&) {
      return ranked_subgraphs(graphs, seeds, lists->rows(seeds));
    });
  };
  return {.params = p, .encoder = encoder, .loss = loss, .training = training, .batches = batches, .prepare = prepare};
}

}  // namespace

Method subgcon() {
  return {.id = "subgcon",
          .name = "SUBG-CON",
          .make = make,
          .paper = "2009.10273",
          .presets = {{"cora", "public-l2", {}, {83.5, 0.5, "SUBG-CON"}},
                      {"citeseer", "public-l2", {}, {73.2, 0.2, "SUBG-CON"}},
                      {"pubmed", "public-l2", {}, {81.0, 0.1, "SUBG-CON"}}},
          .about = "nodes told apart by the subgraphs of highest PageRank around them"};
}

}  // namespace pfm
