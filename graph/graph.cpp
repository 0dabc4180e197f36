#include <pfm/graph/graph.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>

namespace pfm {

struct Graph::Shared {
  Sparse adjacency;
  Matrix edge_attributes;
  std::vector<std::int32_t> edge_types;
  std::mutex guard;
  std::map<Propagation, Sparse> propagations;
  std::map<Loops, Messages> messages;
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

struct Looped {
  Sparse structure;           // rows = targets; columns stay ascending
  std::vector<Offset> place;  // the entry of `incoming` that each entry is, or -1: an added loop
};

Looped with_loops(const Sparse& incoming, Loops loops) {
  const Offset n = incoming.rows();
  const bool replaced = loops == Loops::replaced, remaining = loops == Loops::remaining;
  auto has_loop = [&](Offset v) { return std::ranges::binary_search(incoming.columns(v), NodeId(v)); };
  std::vector<Offset> offsets(n + 1);
  parallel_for(n, row_block, [&](Offset begin, Offset end) {
    for (Offset v = begin; v < end; ++v) {
      const auto sources = incoming.columns(v);
      const Offset own = replaced ? std::ranges::count(sources, NodeId(v)) : 0;
      offsets[v + 1] = Offset(sources.size()) - own + (replaced || (remaining && !has_loop(v)));
    }
  });
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<NodeId> columns(offsets.back());
  std::vector<Offset> place(offsets.back());
  parallel_for(n, row_block, [&](Offset begin, Offset end) {
    for (Offset v = begin; v < end; ++v) {
      Offset next = offsets[v];
      auto add = [&](Offset source, Offset entry) { columns[next] = NodeId(source), place[next++] = entry; };
      bool wanted = replaced || (remaining && !has_loop(v));
      const auto sources = incoming.columns(v);
      for (std::size_t e = 0; e < sources.size(); ++e) {
        if (wanted && sources[e] >= v) add(v, -1), wanted = false;
        if (!replaced || sources[e] != v) add(sources[e], incoming.view().offsets[v] + Offset(e));
      }
      if (wanted) add(v, -1);
    }
  });
  return {Sparse(n, n, std::move(offsets), std::move(columns)), std::move(place)};
}

// scale[v] = 1 / d or 1 / sqrt(d) with d the sum of row v; 0 where d is not positive.
std::vector<Real> inverse_degrees(const CsrView& a, std::span<const Real> values, Norm norm) {
  std::vector<Real> scale(a.rows);
  parallel_for(a.rows, row_block, [&](Offset begin, Offset end) {
    for (Offset v = begin; v < end; ++v) {
      double degree = 0;
      for (Offset e = a.offsets[v]; e < a.offsets[v + 1]; ++e) degree += values[e];
      scale[v] = degree > 0 ? Real(1 / (norm == Norm::row ? degree : std::sqrt(degree))) : 0;
    }
  });
  return scale;
}

Sparse normalised(const Sparse& incoming, const Propagation& how) {
  const bool weighted = how.weighted && incoming.weighted();
  if (how.loops == Loops::as_given && how.norm == Norm::none) return weighted ? incoming : incoming.without_values();
  const Looped looped = with_loops(incoming, how.loops);
  const CsrView& a = looped.structure.view();
  std::vector<Real> values(a.columns.size());
  parallel_for(a.nonzeros(), row_block, [&](Offset begin, Offset end) {
    for (Offset e = begin; e < end; ++e) {
      const Offset entry = looped.place[e];
      values[e] = entry < 0 ? how.loop : weighted ? incoming.view().values[entry] : 1;
    }
  });
  if (how.norm == Norm::none)
    return weighted || how.loop != 1 ? looped.structure.with_values(std::move(values)) : looped.structure;
  const std::vector<Real> scale = inverse_degrees(a, values, how.norm);
  parallel_for(a.rows, row_block, [&](Offset begin, Offset end) {
    for (Offset v = begin; v < end; ++v)
      for (Offset e = a.offsets[v]; e < a.offsets[v + 1]; ++e)
        values[e] *= how.norm == Norm::row ? scale[v] : scale[v] * scale[a.columns[e]];
  });
  return looped.structure.with_values(std::move(values));
}

}  // namespace

// Scaling both end points alike keeps a symmetric matrix symmetric to the bit, so its transpose is itself.
const Sparse& Graph::propagation(Propagation how) const {
  std::lock_guard lock(shared_->guard);
  auto found = shared_->propagations.find(how);
  if (found == shared_->propagations.end()) {
    found = shared_->propagations.emplace(how, normalised(incoming(), how)).first;
    if (how.norm != Norm::row && undirected()) found->second.known_symmetric();
  }
  return found->second;
}

const Messages& Graph::messages(Loops loops) const {
  std::lock_guard lock(shared_->guard);
  auto found = shared_->messages.find(loops);
  if (found != shared_->messages.end()) return found->second;
  const auto order = adjacency().transpose_order();
  Messages result;
  if (loops == Loops::as_given) {
    result = {incoming().without_values(), {order.begin(), order.end()}};
  } else {
    Looped looped = with_loops(incoming(), loops);
    for (Offset& entry : looped.place) entry = entry < 0 ? -1 : order[entry];
    result = {std::move(looped.structure), std::move(looped.place)};
  }
  if (undirected()) result.along.known_symmetric();
  return shared_->messages.emplace(loops, std::move(result)).first->second;
}

}  // namespace pfm
