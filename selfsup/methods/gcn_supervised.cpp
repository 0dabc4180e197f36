// Supervised GCN (Kipf & Welling 2017, arXiv:1609.02907): the plain baseline. Two layers, cross-entropy on the labelled
// rows (eq. 9-10).
#include <pfm/encoders/gcn.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/layers.h>
#include <pfm/selfsup/methods/methods.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, {.epochs = 200, .lr = 0.01, .weight_decay = 5e-4});
  const auto prepare = prepare_from(o);
  Params p(o.rng);
  const Encoder encoder = encoder_from(
      p / "encoder", data, o, {.kind = "gcn", .hidden = 16, .layers = 1, .activation = "relu", .dropout = 0.5});
  const Dropout drop{Real(o("dropout", 0.5))};
  const std::vector<std::int32_t> classes = data.targets.classes;  // -1 outside the training part
  const std::int32_t count = data.targets.class_count();
  if (count < 2) throw Error(Fault::input, data.name + ": gcn-supervised needs labelled nodes of at least two classes");
  const Gcn classifier(p / "classifier", encoder.width, count);
  auto logits = [=](const Batch& b, const std::optional<Rng>& rng) {
    const Var h = encoder(b, rng);
    return classifier(b.graph, drop(h, rng ? std::optional(rng->split("classifier")) : std::nullopt));
  };
  auto loss = [=](const Batch& b, Rng rng) { return cross_entropy(logits(b, rng), classes); };
  auto scores = [=](const Batch& b) { return logits(b, {}).value().clone(); };
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
