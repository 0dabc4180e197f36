// NodeProperty (Jin et al. 2020, arXiv:2006.10141, section 3.2): beside the classes, rows must tell a property of the
// node in the graph: in which third of all nodes its value lies, or the value.
#include <pfm/graph/pagerank.h>
#include <pfm/graph/triangles.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/node_classifier.h>

#include <algorithm>

namespace pfm {
namespace {

std::vector<double> values_of(const Graph& graph, const std::string& property) {
  if (property == "clustering") return triangles(graph).clustering();
  if (property == "pagerank") return pagerank(graph);
  std::vector<double> degrees;
  for (NodeId v = 0; v < graph.nodes(); ++v) degrees.push_back(double(graph.adjacency().columns(v).size()));
  return degrees;
}

// [N] how many of the two inner boundaries, the values at one and two thirds of all, lie below the node's.
std::vector<std::int32_t> thirds(const std::vector<double>& values) {
  std::vector<double> sorted = values;
  std::ranges::sort(sorted);
  const double low = sorted[(sorted.size() - 1) / 3], high = sorted[(sorted.size() - 1) * 2 / 3];
  std::vector<std::int32_t> classes;
  for (const double v : values) classes.push_back((v > low) + (v > high));
  return classes;
}

Pretext make(const Dataset& data, const Options& o) {
  const double lambda = o("lambda", 5.0);
  const std::string property = o("property", "degree"), as = o("as", "thirds");
  if (property != "degree" && property != "clustering" && property != "pagerank")
    throw Error(Fault::usage, "option property: expected degree, clustering or pagerank, got \"" + property + "\"");
  if (as != "thirds" && as != "value")
    throw Error(Fault::usage, "option as: expected thirds or value, got \"" + as + "\"");
  const NodeClassifier network("nodeproperty", data, o, joint_defaults());
  const std::vector<double> values = values_of(data.all.graph, property);
  const Linear head(network.params / "property", network.encoder.width, as == "thirds" ? 3 : 1);
  if (as == "thirds")
    return network.jointly(
        lambda, [=, classes = thirds(values)](const Var& rows, Rng) { return cross_entropy(head(rows), classes); });
  Matrix truth(Offset(values.size()), 1);
  std::ranges::transform(values, truth.data(), [](double v) { return Real(v); });
  return network.jointly(lambda, [=, target = Var(std::move(truth))](const Var& rows, Rng) {
    return mean(square(subtract(head(rows), target)));
  });
}

}  // namespace

Method nodeproperty() {
  return {.id = "nodeproperty",
          .name = "NodeProperty",
          .make = make,
          .paper = "2006.10141",
          .presets = {{"cora", "semi", {}, {81.94, 0, "Jin et al. 2020"}},
                      {"citeseer", "semi", {{"lambda", "0.1"}}, {}},
                      {"pubmed", "semi", {{"lambda", "0.1"}}, {}}},
          .about = "learns classes and the degree of nodes, or another of their properties",
          .baseline = gcn_supervised};
}

}  // namespace pfm
