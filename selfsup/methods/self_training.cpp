// Self-training (Li et al. 2018, arXiv:1801.07606) in stages: the most confident predictions of each class become
// labels of the next network, which starts anew.
#include <pfm/kernels/rows.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>
#include <pfm/selfsup/pretrain.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

using Classes = std::vector<std::int32_t>;  // [N], -1 = not labelled

// How many labels a stage adds in all: 3 eta / stages, eta = N / (mean degree)^layers nodes that a label reaches.
double wanted(const Graph& graph, int layers, int stages) {
  const double n = double(graph.nodes()), degree = double(graph.edges()) / n;
  return 3 * n / std::pow(std::max(degree, 1.0), layers) / stages;
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

Pretext make(const Dataset& data, const Options& o) { return trained_in_stages("self-training", data, o, {}); }

}  // namespace

Pretext trained_in_stages(const char* who, const Dataset& data, const Options& o, const Agreed& agreed) {
  const int stages = o("stages", 5), stage_epochs = o("stage_epochs", 200);
  if (stages < 0 || stage_epochs < 1) throw Error(Fault::usage, "options stages: at least 0, stage_epochs: at least 1");
  const NodeClassifierDefaults fallback{
      .training = {.epochs = 1000, .patience = 200, .watch = "validation-accuracy", .lr = 0.01, .weight_decay = 1e-5},
      .hidden = 128};
  const auto network = [&](const Dataset& labelled, const Options& options) {
    const NodeClassifier c(who, labelled, options, fallback);
    return c.pretext([=](const Batch& b, Rng rng) { return c.supervised(b, c.rows(b, rng)); });
  };
  Dataset labelled = data;
  const Batch batch = network(data, o).prepare(data);
  Options::Values values;
  for (const Options::Asked& asked : o.asked()) values[asked.name] = asked.value;
  const double count = wanted(data.all.graph, 1 + o("layers", 1), std::max(stages, 1));
  for (int stage = 0; stage < stages; ++stage) {
    const Rng rng = o.rng.split("stage").split(std::uint64_t(stage));
    Pretext teacher = network(labelled, Options(rng, values));
    teacher.training.epochs = stage_epochs, teacher.training.patience = 0;
    pretrain(teacher, batch, rng.split("training"));
    const NoGradient finished;
    const Classes& known = labelled.targets.classes;
    const Classes agrees = agreed ? agreed(teacher.encoder(batch).value(), known, rng.split("clusters")) : Classes();
    add_confident(labelled.targets.classes, teacher.class_scores(batch), count, agrees);
  }
  return network(labelled, o);
}

Method self_training() {
  return {.id = "self-training",
          .name = "Self-training",
          .make = make,
          .paper = "1801.07606",
          .presets = {{"cora", "lowlabel", {}, {57.28, 0, "a public re-run, not the paper"}},
                      {"citeseer", "lowlabel", {}, {46.26, 0, "a public re-run, not the paper"}}},
          .about = "learns from few labels, in stages that add the most confident predictions to them",
          .baseline = gcn_supervised};
}

}  // namespace pfm
