// AttributeMask (Jin et al. 2020, arXiv:2006.10141, section 3.2): beside the classes, rows of unlabelled nodes whose
// features are hidden must tell them, in few columns.
#include <pfm/kernels/rows.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/feature_svd.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>
#include <pfm/selfsup/pretext_targets.h>

namespace pfm {
namespace {

// Of each of `nodes` the mean of x over its neighbours that are not `hidden`, `otherwise` [1, d] where it has none.
Matrix neighbour_means(const Graph& graph, const Matrix& x, std::span<const NodeId> nodes,
                       std::span<const std::uint8_t> hidden, const Matrix& otherwise) {
  Matrix means = Matrix::zeros(Offset(nodes.size()), x.cols());
  for (Offset i = 0; i < means.rows(); ++i) {
    std::vector<NodeId> known;
    for (const NodeId u : graph.incoming().columns(nodes[std::size_t(i)]))
      if (!hidden[std::size_t(u)]) known.push_back(u);
    for (Offset j = 0; j < x.cols(); ++j) {
      for (const NodeId u : known) means(i, j) += x(u, j) / Real(known.size());
      if (known.empty()) means(i, j) = otherwise(0, j);
    }
  }
  return means;
}

// Of the rows `asked`, which like those of `hidden` the network sees as zeros: how far what the head says is better
// than the mean of all others, and than that of the node's neighbours among them.
TaskScores measure(const Graph& graph, const Linear& head, const Features& attributes,
                   const std::vector<NodeId>& hidden, const std::vector<NodeId>& asked) {
  if (asked.empty()) return {};
  std::vector<std::uint8_t> is_hidden(std::size_t(graph.nodes()));
  for (const NodeId v : hidden) is_hidden[std::size_t(v)] = 1;
  std::vector<NodeId> known;
  for (NodeId v = 0; v < graph.nodes(); ++v)
    if (!is_hidden[std::size_t(v)]) known.push_back(v);
  const Features truth = attributes.gather(asked), mean = column_means(attributes.gather(known).dense());
  const Matrix nearby = neighbour_means(graph, attributes.dense(), asked, is_hidden, mean.dense());
  const double by_neighbours = r2(nearby, truth.dense(), mean.dense());
  return [=](const Var& rows) -> std::vector<std::pair<std::string, double>> {
    const double own = r2(head(gather_rows(rows, asked)).value(), truth.dense(), mean.dense());
    return {{"attribute-r2", own}, {"r2-above-neighbours", own - by_neighbours}};
  };
}

// Coordinates of principal components about their mean: [N, components].
Features principal(const Features& x, int components, Rng rng) {
  Svd parts = feature_svd(x, components, rng);
  const Matrix mean = column_means(parts.left);
  for (Offset i = 0; i < parts.left.rows(); ++i)
    for (Offset j = 0; j < parts.left.cols(); ++j)
      parts.left(i, j) = (parts.left(i, j) - mean(0, j)) * Real(parts.values[std::size_t(j)]);
  return std::move(parts.left);
}

Pretext make(const Dataset& data, const Options& o) {
  const double lambda = o("lambda", 100.0), rate = o("mask_rate", 0.1), part = held_out_from(o);
  const int columns = o("components", 100);
  const PretextTargets targets = targets_from(o);
  if (!(rate > 0 && rate < 1)) throw Error(Fault::usage, "option mask_rate: above 0 and below 1");
  if (columns < 1) throw Error(Fault::usage, "option components: at least 1");
  const NodeClassifier network("attributemask", data, o, joint_defaults());
  need_features("attributemask", data);
  Batch seen = network.prepare(data.all);
  const Features attributes = principal(seen.x, columns, o.rng.split("svd"));
  const Linear head(network.params / "attributes", network.encoder.width, attributes.cols());
  std::vector<NodeId> hidden;
  for (NodeId v = 0; v < data.nodes(); ++v)
    if (network.classes[std::size_t(v)] < 0) hidden.push_back(v);
  if (hidden.empty()) hidden = permutation(data.nodes(), o.rng.split("all"));  // all are labelled: any may be hidden
  hidden = shuffled(hidden, o.rng.split("hidden"));
  hidden.resize(std::size_t(rate * double(hidden.size())));
  if (hidden.empty()) throw Error(Fault::input, data.name + ": attributemask needs more nodes, or a larger mask_rate");
  seen.x = without_rows(seen.x, hidden);
  const TaskItems<NodeId> asked = hold_out(data.name, hidden, part, o.rng.split("held out"));
  return network.jointly(
      lambda,
      [=, truth = Var(attributes.gather(asked.learned).as_dense())](const Var& rows, Rng rng) {
        return mean(square(subtract(head(gather_rows(rows, asked.learned)), targets(truth, rng))));
      },
      seen, measure(seen.graph, head, attributes, hidden, asked.held_out));
}

}  // namespace

Method attributemask() {
  return {.id = "attributemask",
          .name = "AttributeMask",
          .make = make,
          .paper = "2006.10141",
          .presets = {{"cora", "semi", {}, {81.47, 0, "Jin et al. 2020"}},
                      {"citeseer", "semi", {{"lambda", "5"}}, {}},
                      {"pubmed", "semi", {{"lambda", "50"}}, {}}},
          .about = "learns classes and the hidden features of some unlabelled nodes",
          .baseline = gcn_supervised};
}

}  // namespace pfm
