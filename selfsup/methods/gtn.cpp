// Graph transformer network (Yun et al. 2019, arXiv:1911.06455): which types of edges a path should take is learned
// from the labels. In each channel the product H of softly chosen types (encoders/gtn.h) is the graph of one
// convolution, its weights shared by all channels, whose rows stand side by side before a linear classifier:
//   relu((D + I)^-1 (H + I) X W + b), rows of H sum to 1, so D = I.
// As in the authors' program: loops are one of the types, and the convolution adds them once more; no dropout.
// Otherwise: the products are never formed, normalising after each is one division by the sums of the whole; there X
// has the same columns for all kinds of nodes, here each kind has its own, and a kind without features zero rows.
#include <pfm/encoders/encoder.h>
#include <pfm/encoders/gtn.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  Training training = training_options(o, {.epochs = 100, .lr = 0.02, .weight_decay = 0.001});
  training.watch = watch_from(o, "validation-accuracy");
  const auto prepare = prepare_from(o);
  const int hidden = o("hidden", 64), channels = o("channels", 2), layers = o("layers", 1);
  if (hidden < 1 || channels < 1 || layers < 1)
    throw Error(Fault::usage, "options hidden, channels, layers: at least 1");
  if (data.types.empty() || data.all.graph.edges() == 0)
    throw Error(Fault::input, data.name + ": gtn needs several kinds of nodes and edges between them");
  std::vector<std::int32_t> classes = labelled_nodes("gtn", data);
  const NodeId items = data.types.node_ptr[1];
  classes.resize(std::size_t(items));

  const auto edges = std::make_shared<const TypedEdges>(typed_edges(data.all.graph, data.types));
  const Params p(o.rng), e = p / "encoder";
  const SoftPaths paths(e, channels, layers, Offset(edges->names.size()));
  const Linear project(e, data.all.x.cols(), hidden),
      classifier(p / "classifier", channels * hidden, data.targets.class_count());
  const auto forward = [=](const Batch&, const Input& x, const std::optional<Rng>&) {
    const Var own = multiply(x, project.weight);
    std::vector<Var> rows;
    for (Offset c = 0; c < channels; ++c)
      rows.push_back(relu(add_row(scale(add(paths(*edges, c, own), own), Real(0.5)), project.bias)));
    return slice_rows(concat_columns(rows), 0, items);
  };
  const auto scores = [=](const Batch& b) { return classifier(forward(b, b.x, {})); };
  return {.params = p,
          .encoder = {forward, channels * hidden},
          .loss = [=](const Batch& b, const Rng&) { return cross_entropy(scores(b), classes); },
          .training = training,
          .prepare = prepare,
          .class_scores = [=](const Batch& b) { return scores(b).value().clone(); }};
}

Method gtn() {
  return {.id = "gtn",
          .name = "Graph Transformer Network",
          .make = make,
          .paper = "1911.06455",
          .presets = {{"acm", "semi@60", {}, {92.68, 0, "GTN, table 2, on another ACM"}}},
          .about = "learns from labels which paths through kinds of edges a graph convolution should follow",
          .baseline = gcn_supervised};
}

}  // namespace pfm
