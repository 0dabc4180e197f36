// Graph Completion (You et al. 2020, arXiv:2006.09136). Beside the classes, a node's neighbours must tell its features:
// the same first layer along edges without loops, so that no node sees its own row there, and a linear head.
#include <pfm/nn/activations.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/feature_svd.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>

namespace pfm {

// loss = classes + lambda 100 mean |W A h - U|: h = relu(A X W_1), A normalised without loops, U the first left
// singular vectors of X, as in the authors' program (entries near N^-1/2, hence the 100). No bias there, as in theirs:
// with that of the first layer Citeseer falls behind its baseline.
static Pretext make(const Dataset& data, const Options& o) {
  const double lambda = o("lambda", 0.3);
  const int columns = o("components", 48);
  if (columns < 1) throw Error(Fault::usage, "option components: at least 1");
  const NodeClassifier network(
      "graphcompletion", data, o,
      {.training = {.epochs = 500, .watch = "validation-accuracy", .lr = 0.01, .weight_decay = 5e-4}, .dropout = 0});
  if (o("encoder", "gcn") != "gcn" || o("layers", 1) != 1)
    throw Error(Fault::usage, "graphcompletion: only encoder=gcn with layers=1");
  need_features("graphcompletion", data);
  Svd parts = feature_svd(network.prepare(data.all).x, columns, o.rng.split("svd"));
  const Propagation loopless{.loops = Loops::as_given};
  const Gcn shared(network.params / "encoder" / "0", data.all.x.cols(), network.encoder.width);
  const Linear head(network.params / "completion", network.encoder.width, parts.left.cols(), Linear::Bias::no);
  return network.pretext([=, truth = Var(std::move(parts.left))](const Batch& b, Rng rng) {
    const Sparse& along = b.graph.propagation(loopless);
    const Var hidden = network.drop(relu(spmm(along, multiply(b.x, shared.weight))), rng.split("second"));
    const Var told = spmm(along, head(hidden));
    const Var completion = scale(mean(abs(subtract(told, truth))), Real(100 * lambda));
    return add(network.supervised(b, network.rows(b, rng)), completion);
  });
}

Method graphcompletion() {
  const Options::Values cora{{"lr", "0.008"}, {"weight_decay", "8e-5"}};
  return {.id = "graphcompletion",
          .name = "Graph Completion",
          .make = make,
          .paper = "2006.09136",
          .presets = {{"cora", "semi", cora, {81.03, 0.68, "You et al. 2020"}},
                      {"citeseer", "semi", {{"lambda", "0.7"}, {"components", "24"}}, {71.66, 0.48, "You et al. 2020"}},
                      {"pubmed", "semi", {{"lambda", "0.5"}, {"components", "28"}}, {79.14, 0.28, "You et al. 2020"}}},
          .about = "learns classes and to complete a node's features from its neighbours",
          .baseline = gcn_supervised};
}

}  // namespace pfm
