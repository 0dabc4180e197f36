// EdgeMask (Jin et al. 2020, arXiv:2006.10141, section 3.2): beside the classes, |h_i - h_j| in a graph without a tenth
// of its edges must tell those from pairs that are none; both are drawn once.
#include <pfm/graph/link_split.h>
#include <pfm/graph/non_edges.h>
#include <pfm/nn/classification.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>
#include <pfm/selfsup/pair_rows.h>

namespace pfm {

static Pretext make(const Dataset& data, const Options& o) {
  const double lambda = o("lambda", 10.0), rate = o("mask_rate", 0.1);
  if (!(rate > 0 && rate < 1)) throw Error(Fault::usage, "option mask_rate: above 0 and below 1");
  const NodeClassifier network("edgemask", data, o, joint_defaults());
  const Linear head(network.params / "edge", network.encoder.width, 2);
  const std::vector<Edge> edges = data.all.graph.pairs();
  std::vector<Edge> pairs;
  for (const NodeId i : sample_without(NodeId(edges.size()), NodeId(rate * double(edges.size())), o.rng.split("edges")))
    pairs.push_back(edges[std::size_t(i)]);
  if (pairs.empty()) throw Error(Fault::input, data.name + ": edgemask needs edges enough to hide some");
  Batch seen = network.prepare(data.all);
  seen.graph = without_pairs(data.all.graph, pairs);
  std::vector<std::int32_t> is_edge(pairs.size(), 1);
  for (const Edge e : draw_non_edges(data.nodes(), edges, pairs.size(), o.rng.split("others"))) pairs.push_back(e);
  is_edge.resize(pairs.size(), 0);
  return network.jointly(
      lambda, [=](const Var& rows, Rng) { return cross_entropy(head(differences(rows, pairs)), is_edge); }, seen);
}

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
