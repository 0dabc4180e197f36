#include <pfm/graph/graph.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>

namespace pfm {

struct Graph::Shared {
  Sparse adjacency;
  Matrix edge_attributes;
  std::vector<std::int32_t> edge_types;
  std::mutex guard;
  std::map<Propagation, Sparse> propagations;
};

Graph::Graph() : Graph(Sparse()) {}

Graph::Graph(Sparse adjacency, Matrix edge_attributes, std::vector<std::int32_t> edge_types) {
  expect(adjacency.rows() == adjacency.cols(), "Graph: a square adjacency");
  expect(edge_attributes.empty() || edge_attributes.rows() == adjacency.nonzeros(),
         "Graph: a row of attributes per edge");
  expect(edge_types.empty() || Offset(edge_types.size()) == adjacency.nonzeros(), "Graph: a type per edge");
  shared_ = std::make_shared<Shared>();
  shared_->adjacency = std::move(adjacency);
  shared_->edge_attributes = std::move(edge_attributes);
  shared_->edge_types = std::move(edge_types);
}

Graph Graph::without_edges(NodeId nodes) { return Graph(Sparse(nodes, nodes, std::vector<Offset>(nodes + 1), {})); }

NodeId Graph::nodes() const { return NodeId(shared_->adjacency.rows()); }
Offset Graph::edges() const { return shared_->adjacency.nonzeros(); }
const Sparse& Graph::adjacency() const { return shared_->adjacency; }
const Sparse& Graph::incoming() const { return shared_->adjacency.transpose(); }
const Matrix& Graph::edge_attributes() const { return shared_->edge_attributes; }
std::span<const std::int32_t> Graph::edge_types() const { return shared_->edge_types; }

Offset Graph::self_loops() const {
  Offset loops = 0;
  for (NodeId v = 0; v < nodes(); ++v) loops += std::ranges::count(adjacency().columns(v), v);
  return loops;
}

std::vector<Edge> Graph::pairs() const {
  std::vector<Edge> result;
  for (NodeId u = 0; u < nodes(); ++u)
    for (NodeId v : adjacency().columns(u))
      if (u != v) result.push_back({std::min(u, v), std::max(u, v)});
  std::ranges::sort(result);
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

namespace {

// Rows = targets, loops as asked, weights not yet normalised. Columns stay ascending.
Sparse with_loops(const Sparse& incoming, const Propagation& how) {
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  columns.reserve(incoming.nonzeros() + incoming.rows());
  values.reserve(columns.capacity());
  auto add = [&](NodeId column, Real value) { columns.push_back(column), values.push_back(value); };
  for (NodeId v = 0; v < incoming.rows(); ++v) {
    const auto sources = incoming.columns(v);
    bool wanted =
        how.loops == Loops::replaced || (how.loops == Loops::remaining && !std::ranges::binary_search(sources, v));
    for (std::size_t e = 0; e < sources.size(); ++e) {
      if (sources[e] == v && how.loops == Loops::replaced) continue;
      if (wanted && sources[e] > v) add(v, how.loop), wanted = false;
      add(sources[e], how.weighted && incoming.weighted() ? incoming.values(v)[e] : 1);
    }
    if (wanted) add(v, how.loop);
    offsets.push_back(Offset(columns.size()));
  }
  return {incoming.rows(), incoming.cols(), std::move(offsets), std::move(columns), std::move(values)};
}

Sparse normalised(const Sparse& incoming, const Propagation& how) {
  const Sparse looped = with_loops(incoming, how);
  if (how.norm == Norm::none) return how.weighted && incoming.weighted() ? looped : looped.without_values();
  std::vector<Real> scale(looped.rows());
  for (Offset v = 0; v < looped.rows(); ++v) {
    double degree = 0;
    for (Real w : looped.values(v)) degree += w;
    const double inverse = how.norm == Norm::row ? 1 / degree : 1 / std::sqrt(degree);
    scale[v] = degree > 0 ? Real(inverse) : 0;
  }
  std::vector<Real> values(looped.view().values.begin(), looped.view().values.end());
  for (Offset v = 0, e = 0; v < looped.rows(); ++v)
    for (NodeId u : looped.columns(v)) values[e++] *= how.norm == Norm::row ? scale[v] : scale[v] * scale[u];
  return looped.with_values(std::move(values));
}

}  // namespace

const Sparse& Graph::propagation(Propagation how) const {
  std::lock_guard lock(shared_->guard);
  auto found = shared_->propagations.find(how);
  if (found == shared_->propagations.end())
    found = shared_->propagations.emplace(how, normalised(incoming(), how)).first;
  return found->second;
}

}  // namespace pfm
