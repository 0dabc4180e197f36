// GRACE (Zhu et al. 2020, arXiv:2006.04131). Edges and feature columns of two views fall out at random; a node must
// recognise itself among all nodes of both views (eq. 1-2).
#include <pfm/nn/activations.h>
#include <pfm/nn/layers.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

namespace pfm {

Pretext node_contrast(const Dataset& data, const Options& o, const Corruption& one, const Corruption& two) {
  const Training training = training_options(o, {.epochs = 200, .lr = 5e-4, .weight_decay = 1e-5});
  const auto prepare = prepare_from(o);
  const int projection = o("projection", 128);
  const auto tau = Real(o("tau", 0.4));
  if (projection < 1 || !(tau > 0)) throw Error(Fault::usage, "options projection and tau: above 0");
  Params p(o.rng);
  const Encoder encoder = encoder_from(p / "encoder", data, o, {.kind = "gcn", .hidden = 256, .layers = 2, .out = 128});
  const Mlp head(p / "head", {encoder.width, projection, encoder.width}, [](const Var& x) { return elu(x); });
  auto loss = [=](const Batch& b, Rng rng) {
    const Var u = head(encoder(one(b, rng.split(1)), rng.split(2)));
    const Var v = head(encoder(two(b, rng.split(3)), rng.split(4)));
    return nt_xent(u, v, tau);
  };
  return {.params = p, .encoder = encoder, .loss = loss, .training = training, .prepare = prepare};
}

static Pretext make(const Dataset& data, const Options& o) {
  const double edges_1 = o("drop_edge_1", 0.2), edges_2 = o("drop_edge_2", 0.4);
  const double columns_1 = o("drop_feature_1", 0.3), columns_2 = o("drop_feature_2", 0.4);
  Pretext pretext = node_contrast(data, o, drop_edges(edges_1) | drop_columns(columns_1),
                                  drop_edges(edges_2) | drop_columns(columns_2));
  pretext.batches = subgraphs_from(o);
  return pretext;
}

Options::Values grace_on_citeseer() {
  return {{"lr", "0.001"},           {"hidden", "512"},        {"out", "256"},         {"projection", "256"},
          {"activation", "prelu"},   {"tau", "0.9"},           {"drop_edge_1", "0.2"}, {"drop_edge_2", "0"},
          {"drop_feature_1", "0.3"}, {"drop_feature_2", "0.2"}};
}

Method grace() {
  const Options::Values citeseer = grace_on_citeseer();
  return {.id = "grace",
          .name = "GRACE",
          .make = make,
          .paper = "2006.04131",
          .presets = {{"cora", "public-l2", {}, {81.9, 0, "the authors' program, quoted by DGL"}},
                      {"cora", "random-10-90-ovr", {}, {83.3, 0, "GRACE paper"}},
                      {"citeseer", "random-10-90-ovr", citeseer, {72.1, 0, "GRACE paper"}},
                      {"citeseer", "public-l2", citeseer, {71.2, 0, "the authors' program, quoted by DGL"}}},
          .about = "a node recognises itself in two views with fewer edges and features among all other nodes"};
}

}  // namespace pfm
