#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/node_classifier.h>

namespace pfm {

static Training watched_training(const Options& o, const Training& fallback) {
  Training training = training_options(o, fallback);
  training.watch = watch_from(o, fallback.watch.c_str());
  return training;
}

static NodeId items_of(const Dataset& data) { return data.types.empty() ? data.nodes() : data.types.node_ptr[1]; }

std::vector<std::int32_t> labelled_nodes(const char* who, const Dataset& data) {
  if (data.targets.class_count() < 2)
    throw Error(Fault::input, data.name + ": " + who + " needs labelled nodes of at least two classes");
  std::vector<std::int32_t> classes = data.targets.classes;
  if (NodeId(classes.size()) != items_of(data))
    throw Error(Fault::input, data.name + ": " + who + " needs a class per node, the data set has " +
                                  std::to_string(items_of(data)) + " nodes and " + std::to_string(classes.size()) +
                                  " labels");
  classes.resize(std::size_t(data.nodes()), -1);
  return classes;
}

NodeClassifierDefaults joint_defaults() {
  return {.training = {.epochs = 200, .watch = "validation-accuracy", .lr = 0.01, .weight_decay = 5e-4},
          .hidden = 128,
          .dropout = 0};
}

NodeClassifier::NodeClassifier(const char* who, const Dataset& data, const Options& o, NodeClassifierDefaults fallback)
    : training(watched_training(o, fallback.training)),
      prepare(prepare_from(o)),
      params(o.rng),
      encoder(encoder_from(
          params / "encoder", data, o,
          {.kind = "gcn", .hidden = fallback.hidden, .layers = 1, .activation = "relu", .dropout = fallback.dropout})),
      drop{Real(chance_from(o, "classifier_dropout", 0.5))},
      classes(labelled_nodes(who, data)),
      items(items_of(data)),
      classifier(params / "classifier", encoder.width, data.targets.class_count()) {}

Var NodeClassifier::rows(const Batch& b, const std::optional<Rng>& rng) const {
  return drop(encoder(b, rng), rng ? std::optional(rng->split("classifier")) : std::nullopt);
}

Var NodeClassifier::logits(const Batch& b, const Var& rows) const { return classifier(b.graph, rows); }

Var NodeClassifier::supervised(const Batch& b, const Var& rows) const {
  return cross_entropy(logits(b, rows), classes);
}

Pretext NodeClassifier::pretext(std::function<Var(const Batch&, Rng)> loss) const {
  const auto scores = [c = *this](const Batch& b) {
    return slice_rows(c.logits(b, c.rows(b, {})), 0, c.items).value().clone();
  };
  return {.params = params,
          .encoder = encoder,
          .loss = std::move(loss),
          .training = training,
          .prepare = prepare,
          .class_scores = scores};
}

Pretext NodeClassifier::jointly(double weight, std::function<Var(const Var&, Rng)> second, std::optional<Batch> seen,
                                TaskScores measured) const {
  TextScores own;
  if (measured) {
    expect(seen.has_value(), "NodeClassifier: what is measured says on which batch");
    own = [c = *this, b = *seen, measured = std::move(measured)](std::span<const std::string>) {
      const NoGradient measuring;
      return measured(c.rows(b, {}));
    };
  }
  Pretext joint = pretext([c = *this, weight = Real(weight), second = std::move(second), seen = std::move(seen)](
                              const Batch& all, Rng rng) {
    const Batch& b = seen ? *seen : all;
    const Var h = c.rows(b, rng);
    return add(c.supervised(b, h), scale(second(h, rng.split("second")), weight));
  });
  joint.own_scores = std::move(own);
  return joint;
}

}  // namespace pfm
