// Self-training (Li et al. 2018, arXiv:1801.07606): the most confident predictions of each class become labels of the
// next network, which starts anew. Once in that paper; stage by stage in M3S, which is built on it. The network is that
// of the public re-run whose figures are the target (github.com/Junseok0207/M3S_Pytorch): two convolutions, BatchNorm
// and PReLU after each, no dropout, a linear classifier. Otherwise: there the classifier starts uniform within 1 /
// sqrt(inputs), and the last network goes on from the last stage's weights; here it too starts anew.
#include <pfm/kernels/rows.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>
#include <pfm/selfsup/pretrain.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

using Classes = std::vector<std::int32_t>;  // [N], -1 = not labelled

// How many labels a stage adds in all: 3 eta / stages, eta = N / (mean degree)^hops nodes that a label reaches.
double wanted(const Graph& graph, int hops, int stages) {
  const double n = double(graph.nodes()), degree = double(graph.edges()) / n;
  return 3 * n / std::pow(std::max(degree, 1.0), hops) / stages;
}

// Each class gets its share among the labels of `count` new ones: its most probable nodes without a label, the smaller
// node at a tie, of which those that `agrees` allows are added.
void add_confident(Classes& classes, Matrix scores, double count, const Classes& agrees) {
  softmax_rows(scores);
  const auto columns = std::size_t(scores.cols());
  std::vector<std::vector<NodeId>> predicted(columns);
  std::vector<double> labels(columns, 0);
  double all = 0;
  for (NodeId v = 0; v < NodeId(classes.size()); ++v)
    if (classes[std::size_t(v)] >= 0)
      labels[std::size_t(classes[std::size_t(v)])] += 1, all += 1;
    else
      predicted[std::size_t(std::ranges::max_element(scores.row(v)) - scores.row(v).begin())].push_back(v);
  for (std::size_t c = 0; c < columns; ++c) {
    auto& nodes = predicted[c];
    std::ranges::stable_sort(nodes, std::greater(), [&](NodeId v) { return scores(v, Offset(c)); });
    nodes.resize(std::min(nodes.size(), std::size_t(std::ceil(count * labels[c] / all))));
    for (const NodeId v : nodes)
      if (agrees.empty() || agrees[std::size_t(v)] == std::int32_t(c)) classes[std::size_t(v)] = std::int32_t(c);
  }
}

constexpr int layers = 2;

// Graph convolutions with BatchNorm and a linear classifier.
Pretext network(const char* who, const Dataset& data, const Options& o) {
  Training training = training_options(o, {.epochs = 1000, .patience = 200, .lr = 0.01, .weight_decay = 1e-5});
  training.watch = watch_from(o, "validation-accuracy");
  const auto prepare = prepare_from(o);
  const std::vector<std::int32_t> classes = labelled_nodes(who, data);
  const Params p(o.rng);
  const Encoder encoder =
      encoder_from(p / "encoder", data, o,
                   {.kind = "gcn", .hidden = 128, .layers = layers, .activation = "prelu", .batch_norm = true});
  const Linear classifier(p / "classifier", encoder.width, data.targets.class_count());
  const auto loss = [=](const Batch& b, Rng rng) { return cross_entropy(classifier(encoder(b, rng)), classes); };
  const auto items = Offset(data.targets.classes.size());
  const auto scores = [=](const Batch& b) { return slice_rows(classifier(encoder(b, {})), 0, items).value().clone(); };
  return {
      .params = p, .encoder = encoder, .loss = loss, .training = training, .prepare = prepare, .class_scores = scores};
}

Pretext make(const Dataset& data, const Options& o) { return trained_in_stages("self-training", data, o, 1, {}); }

}  // namespace

Pretext trained_in_stages(const char* who, const Dataset& data, const Options& o, int stages, const Agreed& agreed) {
  const int stage_epochs = o("stage_epochs", 200);
  if (stage_epochs < 1) throw Error(Fault::usage, "option stage_epochs: at least 1");
  Dataset labelled = data;
  const Batch batch = network(who, data, o).prepare(data);
  Options::Values values;
  for (const Options::Asked& asked : o.asked()) values[asked.name] = asked.value;
  const double count = wanted(data.all.graph, o("layers", layers), std::max(stages, 1));
  for (int stage = 0; stage < stages; ++stage) {
    const Rng rng = o.rng.split("stage").split(std::uint64_t(stage));
    Pretext teacher = network(who, labelled, Options(rng, values));
    teacher.training.epochs = stage_epochs, teacher.training.patience = 0;
    pretrain(teacher, batch, rng.split("training"));
    const NoGradient finished;
    const Classes& known = labelled.targets.classes;
    const Classes agrees = agreed ? agreed(teacher.encoder(batch).value(), known, rng.split("clusters")) : Classes();
    add_confident(labelled.targets.classes, teacher.class_scores(batch), count, agrees);
  }
  return network(who, labelled, o);
}

Method self_training() {
  return {.id = "self-training",
          .name = "Self-training",
          .make = make,
          .paper = "1801.07606",
          .presets = {{"cora", "lowlabel", {}, {57.28, 0, "a public re-run, in five stages"}},
                      {"citeseer", "lowlabel", {}, {46.26, 0, "a public re-run, in five stages"}}},
          .about = "learns from few labels, and once more with its most confident predictions among them",
          .baseline = gcn_supervised};
}

}  // namespace pfm
