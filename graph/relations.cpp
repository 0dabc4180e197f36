#include <pfm/graph/relations.h>

#include <algorithm>
#include <tuple>

namespace pfm {
namespace {

bool is_of(const Types& types, std::int32_t type, NodeId node) {
  return types.node_ptr[type] <= node && node < types.node_ptr[type + 1];
}

auto place(const TypedEdge& e) { return std::tuple(e.source, e.target, e.type); }

}  // namespace

Graph build_relations(const Types& types, std::vector<TypedEdge> edges, bool weighted) {
  const std::size_t given = edges.size();
  for (std::size_t i = 0; i < given; ++i) {
    const TypedEdge e = edges[i];
    expect(0 <= e.type && std::size_t(e.type) < types.relations.size(), "build_relations: a known relation");
    const Types::Relation& r = types.relations[e.type];
    expect(is_of(types, r.source, e.source) && is_of(types, r.target, e.target),
           "build_relations: ends of the relation's types");
    if (r.both_ways && e.source != e.target) edges.push_back({e.target, e.source, e.type, e.weight});
  }
  std::ranges::stable_sort(edges, {}, place);
  auto same_place = [](const TypedEdge& a, const TypedEdge& b) { return place(a) == place(b); };
  edges.erase(std::unique(edges.begin(), edges.end(), same_place), edges.end());
  const Offset nodes = types.node_ptr.back();
  std::vector<Offset> offsets(nodes + 1);
  std::vector<NodeId> columns;
  std::vector<std::int32_t> kinds;
  std::vector<Real> values;
  for (const TypedEdge& e : edges) {
    ++offsets[e.source + 1];
    columns.push_back(e.target), kinds.push_back(e.type);
    if (weighted) values.push_back(e.weight);
  }
  for (Offset v = 0; v < nodes; ++v) offsets[v + 1] += offsets[v];
  return Graph(Sparse(nodes, nodes, std::move(offsets), std::move(columns), std::move(values)), {}, std::move(kinds));
}

Sparse relation(const Graph& graph, const Types& types, std::int32_t type) {
  const Types::Relation& r = types.relations[type];
  const CsrView& a = graph.adjacency().view();
  const NodeId first = types.node_ptr[r.source], before = types.node_ptr[r.target];
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (NodeId v = first; v < types.node_ptr[r.source + 1]; ++v) {
    for (Offset e = a.offsets[v]; e < a.offsets[v + 1]; ++e) {
      if (graph.edge_types()[e] != type || !is_of(types, r.target, a.columns[e])) continue;
      columns.push_back(a.columns[e] - before);
      if (!a.values.empty()) values.push_back(a.values[e]);
    }
    offsets.push_back(Offset(columns.size()));
  }
  return {Offset(offsets.size()) - 1, types.node_ptr[r.target + 1] - before, std::move(offsets), std::move(columns),
          std::move(values)};
}

Features type_features(const Features& x, const Types& types, std::int32_t type) {
  const NodeId first = types.node_ptr[type], end = types.node_ptr[type + 1];
  const Offset from = types.column_ptr.empty() ? 0 : types.column_ptr[type],
               to = types.column_ptr.empty() ? 0 : types.column_ptr[type + 1];
  if (from == to) return Features::identity(end - first);
  const Sparse all = x.as_sparse();
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (NodeId v = first; v < end; ++v) {
    const auto row = all.columns(v);
    for (std::size_t k = 0; k < row.size(); ++k) {
      if (row[k] < from || row[k] >= to) continue;
      columns.push_back(NodeId(row[k] - from));
      if (all.weighted()) values.push_back(all.values(v)[k]);
    }
    offsets.push_back(Offset(columns.size()));
  }
  return Sparse(Offset(end - first), to - from, std::move(offsets), std::move(columns), std::move(values));
}

}  // namespace pfm
