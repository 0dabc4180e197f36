// EdgeMask (Jin et al. 2020, arXiv:2006.10141, section 3.2): beside the classes, |h_i - h_j| in a graph without a tenth
// of its edges must tell those from pairs that are none; both are drawn once.
#include <pfm/graph/link_split.h>
#include <pfm/graph/non_edges.h>
#include <pfm/nn/classification.h>
#include <pfm/selfsup/cosine.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/node_classifier.h>
#include <pfm/selfsup/pair_rows.h>
#include <pfm/selfsup/pretext_targets.h>

namespace pfm {
namespace {

// Percent, of pairs of which the first `edges` are some.  scores [pairs, 1]
double edge_auc(const Matrix& scores, std::size_t edges) {
  const std::vector<double> all(scores.values().begin(), scores.values().end());
  return 100 * auc(std::span(all).first(edges), std::span(all).subspan(edges));
}

// How well the head's margin tells edges from other pairs, and by how much better than the cosine of features averaged
// over neighbours once.
TaskScores measure(const Batch& seen, const Linear& head, std::vector<Edge> pairs, const std::vector<Edge>& others) {
  if (pairs.empty()) return {};
  const std::size_t edges = pairs.size();
  pairs.insert(pairs.end(), others.begin(), others.end());
  const double cosine = edge_auc(pair_dots(unit_rows(multiply(seen.graph.propagation(), seen.x)), pairs), edges);
  return [=](const Var& rows) -> std::vector<std::pair<std::string, double>> {
    const Var logits = head(differences(rows, pairs));
    Matrix margins(logits.rows(), 1);
    for (Offset i = 0; i < logits.rows(); ++i) margins(i, 0) = logits.value()(i, 1) - logits.value()(i, 0);
    const double own = edge_auc(margins, edges);
    return {{"edge-auc", own}, {"edge-auc-above-a1", own - cosine}};
  };
}

Pretext make(const Dataset& data, const Options& o) {
  const double lambda = o("lambda", 10.0), rate = o("mask_rate", 0.1), part = held_out_from(o);
  const PretextTargets targets = targets_from(o);
  if (!(rate > 0 && rate < 1)) throw Error(Fault::usage, "option mask_rate: above 0 and below 1");
  const NodeClassifier network("edgemask", data, o, joint_defaults());
  const Linear head(network.params / "edge", network.encoder.width, 2);
  const std::vector<Edge> edges = data.all.graph.pairs();
  std::vector<Edge> removed;
  for (const NodeId i : sample_without(NodeId(edges.size()), NodeId(rate * double(edges.size())), o.rng.split("edges")))
    removed.push_back(edges[std::size_t(i)]);
  if (removed.empty()) throw Error(Fault::input, data.name + ": edgemask needs edges enough to hide some");
  Batch seen = network.prepare(data.all);
  seen.graph = without_pairs(data.all.graph, removed);
  const auto others = draw_non_edges(data.nodes(), edges, removed.size(), o.rng.split("others"));
  const Rng draw = o.rng.split("held out");
  const TaskItems<Edge> linked = hold_out(data.name, removed, part, draw.split("edges")),
                        apart = hold_out(data.name, others, part, draw.split("others"));
  std::vector<Edge> pairs = linked.learned;
  pairs.insert(pairs.end(), apart.learned.begin(), apart.learned.end());
  std::vector<std::int32_t> is_edge(linked.learned.size(), 1);
  is_edge.resize(pairs.size(), 0);
  return network.jointly(
      lambda,
      [=](const Var& rows, Rng rng) { return cross_entropy(head(differences(rows, pairs)), targets(is_edge, rng)); },
      seen, measure(seen, head, linked.held_out, apart.held_out));
}

}  // namespace

Method edgemask() {
  return {.id = "edgemask",
          .name = "EdgeMask",
          .make = make,
          .paper = "2006.10141",
          .presets = {{"cora", "semi", {}, {81.69, 0, "Jin et al. 2020"}},
                      {"citeseer", "semi", {{"lambda", "5"}}, {}},
                      {"pubmed", "semi", {{"lambda", "5"}}, {}}},
          .about = "learns classes and to tell hidden edges from pairs that are none",
          .baseline = gcn_supervised};
}

}  // namespace pfm
