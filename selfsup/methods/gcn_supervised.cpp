// Supervised GCN (Kipf & Welling 2017, arXiv:1609.02907): the plain baseline. Two layers, cross-entropy on the labelled
// rows.
#include <pfm/encoders/gcn.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/selfsup/methods/methods.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 200, .lr = 0.01, .weight_decay = 5e-4});
  const auto prepare = prepare_from(o);
  const Real rate = Real(o("dropout", 0.5));
  if (data.targets.class_count() < 2)
    throw Error(Fault::input, data.name + ": gcn-supervised needs nodes of at least two classes");
  Params p(o.rng);
  const Encoder encoder = encoder_from(
      p / "encoder", data, o, {.kind = "gcn", .hidden = 16, .layers = 1, .activation = "relu", .dropout = rate});
  const Gcn last(p / "classifier", encoder.width, data.targets.class_count());
  auto logits = [=](const Batch& b, std::optional<Rng> rng) {
    Var h = encoder(b, rng);
    if (rng) h = dropout(h, rate, rng->split("classifier"));
    return last(b.graph, h);
  };
  const std::vector<std::int32_t> classes = data.targets.classes;  // -1 outside the training part
  auto loss = [=](const Batch& b, Rng rng) { return cross_entropy(logits(b, rng), classes); };
  auto scores = [=](const Batch& b) { return std::move(logits(b, {}).value()); };
  return {
      .params = p, .encoder = encoder, .loss = loss, .training = training, .prepare = prepare, .class_scores = scores};
}

Method gcn_supervised() {
  return {.id = "gcn-supervised",
          .name = "Supervised GCN",
          .make = make,
          .paper = "1609.02907",
          .presets = {{"cora", "public-dgi", {}, {81.5, 0, "GCN, table 2"}},
                      {"citeseer", "public-dgi", {}, {70.3, 0, "GCN, table 2"}}},
          .about = "two graph convolutions trained on the labelled nodes: the baseline that sees labels"};
}

}  // namespace pfm
