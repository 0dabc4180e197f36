#include <pfm/graph/build.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {
namespace {

struct Entry {
  NodeId target;
  Real weight;
};

// Merges runs of equal targets within one sorted row; returns the new end.
std::vector<Entry>::iterator merge(std::vector<Entry>::iterator begin, std::vector<Entry>::iterator end,
                                   BuildRules::Duplicates rule) {
  auto out = begin;
  for (auto e = begin; e != end; ++e) {
    if (out != begin && (out - 1)->target == e->target) {
      if (rule == BuildRules::Duplicates::sum) (out - 1)->weight += e->weight;
    } else {
      *out++ = *e;
    }
  }
  return out;
}

}  // namespace

Graph build_graph(NodeId nodes, std::span<const Edge> edges, std::span<const Real> weights, BuildRules rules) {
  expect(weights.empty() || weights.size() == edges.size(), "build_graph: a weight per edge, or none");
  auto kept = [&](const Edge& e) { return e.source != e.target || rules.self_loops == BuildRules::SelfLoops::keep; };
  std::vector<Offset> start(std::size_t(nodes) + 1);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Edge e = edges[i];
    expect(0 <= e.source && e.source < nodes && 0 <= e.target && e.target < nodes, "build_graph: nodes in range");
    expect(weights.empty() || std::isfinite(weights[i]), "build_graph: finite weights");
    if (!kept(e)) continue;
    ++start[e.source + 1];
    if (rules.undirected && e.source != e.target) ++start[e.target + 1];
  }
  std::partial_sum(start.begin(), start.end(), start.begin());

  std::vector<Entry> entries(start.back());
  std::vector<Offset> next = start;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    const Edge e = edges[i];
    if (!kept(e)) continue;
    const Real weight = weights.empty() ? 1 : weights[i];
    entries[next[e.source]++] = {e.target, weight};
    if (rules.undirected && e.source != e.target) entries[next[e.target]++] = {e.source, weight};
  }

  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (NodeId v = 0; v < nodes; ++v) {
    const auto begin = entries.begin() + start[v];
    auto end = entries.begin() + start[v + 1];
    std::stable_sort(begin, end, [](const Entry& a, const Entry& b) { return a.target < b.target; });
    end = merge(begin, end, rules.duplicates);
    for (auto e = begin; e != end; ++e) {
      columns.push_back(e->target);
      if (!weights.empty()) values.push_back(e->weight);
    }
    offsets.push_back(Offset(columns.size()));
  }
  return Graph(Sparse(nodes, nodes, std::move(offsets), std::move(columns), std::move(values)));
}

}  // namespace pfm
