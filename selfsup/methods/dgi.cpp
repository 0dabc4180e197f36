// DGI (Velickovic et al. 2019, arXiv:1809.10341). A node's row must tell whether it belongs to the graph's summary or
// to a graph whose rows were shuffled (eq. 1-3).
#include <pfm/nn/activations.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/discriminator.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>

namespace pfm {

Pretext deep_graph_infomax(const Dataset& data, const Options& o, const Corruption& corrupt) {
  const Training training = training_options(o, {.epochs = 10000, .patience = 20, .lr = 0.001});
  const auto prepare = prepare_from(o);
  const auto batches = subgraphs_from(o);
  Params p(o.rng);
  const Encoder encoder =
      encoder_from(p / "encoder", data, o, {.kind = "gcn", .hidden = 512, .layers = 1, .activation = "prelu"});
  const SummaryDiscriminator belongs(p / "discriminator", encoder.width);
  auto loss = [=](const Batch& b, Rng rng) {
    const Var h = encoder(b, rng.split(1));
    const Var shuffled = encoder(corrupt(b, rng.split(2)), rng.split(3));
    const Var summary = sigmoid(mean_rows(h));
    return dgi_loss(belongs(h, summary), belongs(shuffled, summary));
  };
  return {.params = p, .encoder = encoder, .loss = loss, .training = training, .batches = batches, .prepare = prepare};
}

static Pretext make(const Dataset& data, const Options& o) { return deep_graph_infomax(data, o, shuffle_rows()); }

Method dgi() {
  return {.id = "dgi",
          .name = "Deep Graph Infomax",
          .make = make,
          .paper = "1809.10341",
          .presets = {{"cora", "public-dgi", {}, {82.3, 0.6, "DGI, table 2"}},
                      {"citeseer", "public-dgi", {}, {71.8, 0.7, "DGI, table 2"}}},
          .about = "tells rows of the graph from rows of a shuffled one by a summary of the graph"};
}

}  // namespace pfm
