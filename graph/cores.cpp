#include <pfm/graph/cores.h>

#include <algorithm>

namespace pfm {
namespace {

// Nodes in the order of their degrees, in which a node moves one place down in constant time.
struct ByDegree {
  explicit ByDegree(const Sparse& a);
  void lower(NodeId v);  // its degree falls by one

  std::vector<NodeId> degree;  // [N]
  std::vector<NodeId> order;   // [N] nodes, degrees ascending
  std::vector<NodeId> place;   // [N] where each node stands in `order`
  std::vector<NodeId> start;   // [highest degree + 2] where each degree starts in `order`
};

ByDegree::ByDegree(const Sparse& a) {
  const auto n = std::size_t(a.rows());
  degree.resize(n), order.resize(n), place.resize(n);
  NodeId highest = 0;
  for (NodeId v = 0; v < NodeId(n); ++v) {
    const auto row = a.columns(v);
    const auto [loop, after] = std::equal_range(row.begin(), row.end(), v);
    degree[v] = NodeId(Offset(row.size()) - (after - loop));
    highest = std::max(highest, degree[v]);
  }
  start.resize(std::size_t(highest) + 2);
  for (const NodeId d : degree) ++start[d + 1];
  for (NodeId d = 0; d <= highest; ++d) start[d + 1] += start[d];
  std::vector<NodeId> next = start;
  for (NodeId v = 0; v < NodeId(n); ++v) order[place[v] = next[degree[v]]++] = v;
}

void ByDegree::lower(NodeId v) {
  const NodeId first = start[degree[v]]++, other = order[first];
  std::swap(order[first], order[place[v]]);
  place[other] = place[v], place[v] = first;
  --degree[v];
}

}  // namespace

std::vector<NodeId> core_numbers(const Graph& graph) {
  expect(graph.undirected(), "core_numbers: the graph is undirected");
  const Sparse& a = graph.adjacency();
  ByDegree nodes(a);
  for (std::size_t i = 0; i < nodes.order.size(); ++i) {
    const NodeId v = nodes.order[i];
    for (const NodeId u : a.columns(v))
      if (nodes.degree[u] > nodes.degree[v]) nodes.lower(u);
  }
  return std::move(nodes.degree);
}

}  // namespace pfm
