// InfoGraph (Sun et al. 2020, arXiv:1908.01000). A node's rows of all layers must tell which graph of the batch it is
// from (eq. 4, Jensen-Shannon estimate of eq. 5). Three layers and the rate 1e-3 for all data, where the paper chooses
// both by the test folds; the last epoch, where it takes the best one there.
#include <pfm/encoders/readout.h>
#include <pfm/selfsup/losses.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/whole_graphs.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 20, .batch = 128, .lr = 0.001});
  const NodeFeatures features = features_from(o, data, "given-or-ones");
  Params p(o.rng);
  const Encoder nodes = encoder_from(p / "encoder", features.data, o, summed_gin(3));
  const ShortcutMlp local(p / "local", nodes.width, nodes.width, "relu"),
      global(p / "global", nodes.width, nodes.width, "relu");
  need_graphs(data, "infograph");
  auto loss = [=](const Batch& b, Rng rng) {
    const Var rows = nodes(b, rng);
    return jsd_loss(local(rows), global(sum_readout(b, rows)), b.segments);
  };
  return {.params = p,
          .encoder = pooled(nodes, sum_readout),
          .loss = loss,
          .training = training,
          .batches = [=](const Batch& all) { return sample_batches(all, training.batch); },
          .prepare = features.prepare};
}

Method infograph() {
  return {.id = "infograph",
          .name = "InfoGraph",
          .make = make,
          .paper = "1908.01000",
          .presets = {{"mutag", "svc10", {}, {89.01, 1.13, "InfoGraph, table 1, best epoch on the test folds"}},
                      {"imdb-binary", "svc10", {}, {73.03, 0.87, "InfoGraph, table 1, best epoch on the test folds"}}},
          .about = "nodes must tell the graph they are from among others"};
}

}  // namespace pfm
