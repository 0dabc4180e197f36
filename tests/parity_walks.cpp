// samplers/: walks against exact laws, by a chi-square test of all steps.
#include <fmt/format.h>
#include <pfm/graph/features.h>
#include <pfm/sampling/walks.h>
#include <pfm/tests/chi_square.h>
#include <pfm/tests/parity.h>

#include <algorithm>
#include <map>
#include <numeric>

namespace pfm::parity {
namespace {

using fixture::Array;
using fixture::Group;

Graph graph_of(const Group& file) { return Graph(Features(file.array("adjacency").matrix()).as_sparse()); }

std::vector<double> row_of(const Array& laws, std::size_t row) {
  const auto width = std::size_t(laws.shape.back());
  return {laws.values.begin() + Offset(row * width), laws.values.begin() + Offset((row + 1) * width)};
}

void add(ChiSquare& test, const std::vector<double>& found, std::vector<double> law) {
  const double total = std::accumulate(found.begin(), found.end(), 0.0);
  for (double& chance : law) chance *= total;
  test.add(found, law);
}

void judge(Comparison& c, const std::string& what, const ChiSquare& test) {
  c.number(fmt::format("{}: p-value {} above 1e-4", what, test.p_value()), double(test.p_value() > 1e-4), 1, 0);
}

std::vector<NodeId> walks_from(const Graph& graph, const WalkRules& rules, std::span<const NodeId> starts) {
  std::vector<NodeId> walks(starts.size() * std::size_t(rules.length + 1));
  Walker(graph, rules).walk(starts, 0, Rng(1), walks);
  return walks;
}

bool second_order(const Group& file, const Group& law, Comparison& c) {
  const Graph graph = graph_of(file);
  const WalkRules rules{.length = 50, .p = law.number("p", 0), .q = law.number("q", 0)};
  std::vector<NodeId> starts(std::size_t(graph.nodes()) * 600);
  for (std::size_t i = 0; i < starts.size(); ++i) starts[i] = NodeId(i % std::size_t(graph.nodes()));
  const std::vector<NodeId> walks = walks_from(graph, rules, starts);
  std::map<std::pair<NodeId, NodeId>, std::vector<double>> found;
  for (std::size_t i = 0; i < walks.size(); ++i) {
    if (i % 51 < 2) continue;
    auto& row = found[{walks[i - 2], walks[i - 1]}];
    row.resize(std::size_t(graph.nodes()));
    ++row[std::size_t(walks[i])];
  }
  const auto edges = law.array("edge").as<NodeId>();
  ChiSquare test;
  for (std::size_t e = 0; e < edges.size() / 2; ++e)
    add(test, found[{edges[2 * e], edges[2 * e + 1]}], row_of(law.array("transition"), e));
  judge(c, "steps after an edge", test);
  return found.size() == edges.size() / 2;
}

bool first_order(const Group& file, const Group& law, Comparison& c) {
  const Graph graph = graph_of(file);
  const auto n = std::size_t(graph.nodes());
  const std::vector<NodeId> starts(20'000, 0), walks = walks_from(graph, {.length = 10}, starts);
  std::vector<std::vector<double>> steps(n, std::vector<double>(n)), after(11, std::vector<double>(n));
  for (std::size_t i = 0; i < walks.size(); ++i) {
    ++after[i % 11][std::size_t(walks[i])];
    if (i % 11 > 0) ++steps[std::size_t(walks[i - 1])][std::size_t(walks[i])];
  }
  ChiSquare transition;
  for (std::size_t u = 0; u < n; ++u) add(transition, steps[u], row_of(law.array("transition"), u));
  judge(c, "steps", transition);
  for (const std::size_t k : {2, 3, 5, 10}) {
    const std::string name = fmt::format("after_{}_steps_from_node0", k);
    ChiSquare place;
    add(place, after[k], law.array(name).values);
    judge(c, name, place);
  }
  return true;
}

}  // namespace

std::vector<Case> walk_cases(std::shared_ptr<const Group> file, const std::filesystem::path&) {
  std::vector<Case> cases;
  for (const auto& [name, law] : file->groups) {
    if (name.starts_with("node2vec_"))
      cases.push_back({name, [file, &law = law](Comparison& c) { return second_order(*file, law, c); }});
    if (name == "first_order")
      cases.push_back({name, [file, &law = law](Comparison& c) { return first_order(*file, law, c); }});
  }
  return cases;
}

}  // namespace pfm::parity
