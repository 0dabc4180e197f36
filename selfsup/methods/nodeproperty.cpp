// NodeProperty (Jin et al. 2020, arXiv:2006.10141, section 3.2): beside the classes, rows must tell a property of the
// node in the graph: in which third of all nodes its value lies, or the value.
#include <pfm/graph/pagerank.h>
#include <pfm/graph/triangles.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/logistic.h>
#include <pfm/selfsup/methods/methods.h>
#include <pfm/selfsup/metrics.h>
#include <pfm/selfsup/node_classifier.h>
#include <pfm/selfsup/pretext_targets.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

constexpr std::int32_t parts = 3;

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

// Percent of the nodes held out that have the class which most others have, and that a logistic regression on features
// tells right.
struct ByOthers {
  double majority = 0, features = 0;
};
ByOthers told_by_others(const Features& x, const std::vector<std::int32_t>& classes, const TaskItems<NodeId>& nodes,
                        const Rng& rng) {
  const auto of = [&](const std::vector<NodeId>& some) {
    std::vector<std::int32_t> found;
    for (const NodeId v : some) found.push_back(classes[std::size_t(v)]);
    return found;
  };
  const std::vector<std::int32_t> known = of(nodes.learned), truth = of(nodes.held_out);
  std::vector<std::ptrdiff_t> counts;
  for (std::int32_t c = 0; c < parts; ++c) counts.push_back(std::ranges::count(known, c));
  const auto most = std::int32_t(std::ranges::max_element(counts) - counts.begin());
  const Features rows = unit_rows(x), learned = rows.gather(nodes.learned);
  const double cost = cross_validated_cost(learned, known, parts, std::vector{0.01, 0.1, 1.0, 10.0}, 5, rng);
  const LinearClassifier regression = one_vs_rest(learned, one_label_each(known, parts), cost, 1e-6);
  return {100 * accuracy(truth, std::vector<std::int32_t>(truth.size(), most)),
          100 * accuracy(truth, top_k(regression.decisions(rows.gather(nodes.held_out)), 1).columns)};
}

TaskScores measure_classes(const Features& x, const Linear& head, const std::vector<std::int32_t>& classes,
                           const TaskItems<NodeId>& nodes, const Rng& rng) {
  if (nodes.held_out.empty()) return {};
  const ByOthers others = told_by_others(x, classes, nodes, rng);
  return [=, asked = nodes.held_out](const Var& rows) -> std::vector<std::pair<std::string, double>> {
    std::vector<std::int32_t> truth;
    for (const NodeId v : asked) truth.push_back(classes[std::size_t(v)]);
    const double own = 100 * accuracy(truth, top_k(head(gather_rows(rows, asked)).value(), 1).columns);
    return {
        {"thirds", own}, {"thirds-above-majority", own - others.majority}, {"thirds-above-raw", own - others.features}};
  };
}

TaskScores measure_values(const Linear& head, const Features& values, const TaskItems<NodeId>& nodes) {
  if (nodes.held_out.empty()) return {};
  const Features mean = column_means(values.gather(nodes.learned).dense()), truth = values.gather(nodes.held_out);
  return [=, asked = nodes.held_out](const Var& rows) -> std::vector<std::pair<std::string, double>> {
    return {{"value-r2", r2(head(gather_rows(rows, asked)).value(), truth.dense(), mean.dense())}};
  };
}

Pretext make(const Dataset& data, const Options& o) {
  const double lambda = o("lambda", 5.0), part = held_out_from(o);
  const std::string property = o("property", "degree"), as = o("as", "thirds");
  const PretextTargets targets = targets_from(o);
  if (property != "degree" && property != "clustering" && property != "pagerank")
    throw Error(Fault::usage, "option property: expected degree, clustering or pagerank, got \"" + property + "\"");
  if (as != "thirds" && as != "value")
    throw Error(Fault::usage, "option as: expected thirds or value, got \"" + as + "\"");
  const NodeClassifier network("nodeproperty", data, o, joint_defaults());
  const std::vector<double> values = values_of(data.all.graph, property);
  const Linear head(network.params / "property", network.encoder.width, as == "thirds" ? parts : 1);
  const Batch all = network.prepare(data.all);
  std::vector<NodeId> each(values.size());
  std::iota(each.begin(), each.end(), NodeId{0});
  const TaskItems<NodeId> nodes = hold_out(data.name, each, part, o.rng.split("held out"));
  if (as == "thirds") {
    const std::vector<std::int32_t> classes = thirds(values);
    std::vector<std::int32_t> learned(classes.size(), -1);
    for (const NodeId v : nodes.learned) learned[std::size_t(v)] = classes[std::size_t(v)];
    return network.jointly(
        lambda, [=](const Var& rows, Rng rng) { return cross_entropy(head(rows), targets(learned, rng)); }, all,
        measure_classes(all.x, head, classes, nodes, o.rng.split("costs")));
  }
  Matrix truth(Offset(values.size()), 1);
  std::ranges::transform(values, truth.data(), [](double v) { return Real(v); });
  const Features target(std::move(truth));
  return network.jointly(
      lambda,
      [=, learned = Var(target.gather(nodes.learned).as_dense())](const Var& rows, Rng rng) {
        return mean(square(subtract(head(gather_rows(rows, nodes.learned)), targets(learned, rng))));
      },
      all, measure_values(head, target, nodes));
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
