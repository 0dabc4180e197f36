#include <pfm/graph/graph.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <numeric>

namespace pfm {

struct Graph::Shared {
  Sparse stored;
  bool by_target;  // `stored` holds the sources of each node, not its targets
  Matrix edge_attributes;
  std::vector<std::int32_t> edge_types;
  std::shared_ptr<Shared> whole;  // of a corner, whose `stored` is what flows into it
  std::vector<NodeId> own;        // of a merged graph
  std::mutex guard;
  std::map<Propagation, Sparse> propagations;
  std::map<Loops, Messages> messages;
  const Shared& all() const { return whole ? *whole : *this; }
};

Graph::Graph() : Graph(Sparse()) {}

Graph::Graph(Sparse adjacency, Matrix edge_attributes, std::vector<std::int32_t> edge_types)
    : Graph(std::move(adjacency), false, std::move(edge_attributes), std::move(edge_types)) {}

Graph Graph::from_incoming(Sparse incoming, Matrix edge_attributes, std::vector<std::int32_t> edge_types) {
  return {std::move(incoming), true, std::move(edge_attributes), std::move(edge_types)};
}

Graph::Graph(Sparse stored, bool by_target, Matrix edge_attributes, std::vector<std::int32_t> edge_types) {
  expect(stored.rows() == stored.cols(), "Graph: a square adjacency");
  expect(edge_attributes.empty() || edge_attributes.rows() == stored.nonzeros(), "Graph: a row of attributes per edge");
  expect(edge_types.empty() || Offset(edge_types.size()) == stored.nonzeros(), "Graph: a type per edge");
  shared_ = std::make_shared<Shared>();
  shared_->stored = std::move(stored);
  shared_->by_target = by_target;
  shared_->edge_attributes = std::move(edge_attributes);
  shared_->edge_types = std::move(edge_types);
}

Graph Graph::without_edges(NodeId nodes) { return Graph(Sparse(nodes, nodes, std::vector<Offset>(nodes + 1), {})); }

// The first rows, with the arrays of all of them.
static Sparse first_rows(const Sparse& a, Offset rows, Offset cols) {
  const auto offsets = a.view().offsets.first(std::size_t(rows) + 1);
  const auto entries = std::size_t(offsets.back());
  return {CsrView{rows, cols, offsets, a.view().columns.first(entries),
                  a.weighted() ? a.view().values.first(entries) : std::span<const Real>()},
          std::make_shared<const Sparse>(a)};
}

Graph Graph::corner(NodeId targets, NodeId sources) const {
  expect(!shared_->whole && shared_->own.empty() && 0 <= targets && targets <= sources && sources <= nodes(),
         "Graph: a corner of a whole graph has no more targets than sources, and no more of these than nodes");
  auto corner = std::make_shared<Shared>();
  corner->stored = first_rows(incoming(), targets, sources);
  corner->by_target = true;
  corner->whole = shared_;
  return Graph(std::move(corner));
}

Graph Graph::merged(Sparse incoming, std::vector<NodeId> own) {
  expect(Offset(own.size()) == incoming.rows(), "Graph: a merged one has a source of its own per target");
  auto merged = std::make_shared<Shared>();
  merged->stored = std::move(incoming);
  merged->by_target = true;
  merged->own = std::move(own);
  return Graph(std::move(merged));
}

std::span<const NodeId> Graph::own() const { return shared_->own; }

NodeId Graph::nodes() const { return NodeId(shared_->stored.cols()); }
const Sparse& Graph::incoming() const { return shared_->by_target ? shared_->stored : shared_->stored.transpose(); }

Offset Graph::edges() const { return shared_->all().stored.nonzeros(); }
bool Graph::undirected() const { return shared_->all().stored.symmetric(); }
const Sparse& Graph::adjacency() const {
  const Shared& all = shared_->all();
  expect(all.own.empty(), "Graph: a merged one has no adjacency");
  return all.by_target ? all.stored.transpose() : all.stored;
}
const Matrix& Graph::edge_attributes() const { return shared_->all().edge_attributes; }
std::span<const std::int32_t> Graph::edge_types() const { return shared_->all().edge_types; }

namespace {

// The sum of of_row(v) over all rows, counted in parallel.
template <class OfRow>
Offset sum_over_nodes(const Sparse& a, OfRow of_row) {
  return tree_sum(
      a.rows(), row_block,
      [&](Offset begin, Offset end) {
        Offset sum = 0;
        for (Offset v = begin; v < end; ++v) sum += of_row(NodeId(v));
        return sum;
      },
      [](Offset& left, Offset right) { left += right; });
}

// visit(v) for the different targets v of row u in [first, last).
template <class Visit>
void visit_different(std::span<const NodeId> row, NodeId first, NodeId last, Visit visit) {
  auto next = std::ranges::lower_bound(row, first);
  for (NodeId before = -1; next != row.end() && *next < last; before = *next++)
    if (*next != before) visit(*next);
}

}  // namespace

Offset Graph::self_loops() const {
  const Sparse& a = adjacency();
  return sum_over_nodes(a, [&](NodeId v) {
    const auto row = a.columns(v);
    const auto [loop, after] = std::equal_range(row.begin(), row.end(), v);
    return Offset(after - loop);
  });
}

// How many pairs u < v stand as (u, v) and as (v, u). Rows come in order, so each row v is read along once: next[v] is
// its first entry that may still be asked for. Both places of an entry are fetched some entries ahead.
static Offset pairs_both_ways(const CsrView& a) {
  constexpr Offset ahead = 16;
  std::vector<Offset> next(a.offsets.begin(), a.offsets.end());
  Offset pairs = 0;
  for (NodeId u = 0; u < a.rows; ++u)
    for (Offset e = a.offsets[u]; e < a.offsets[u + 1]; ++e) {
      if (e + 2 * ahead < a.nonzeros()) {
        __builtin_prefetch(&next[a.columns[e + 2 * ahead]]);
        __builtin_prefetch(a.columns.data() + next[a.columns[e + ahead]]);
      }
      const NodeId v = a.columns[e];
      if (v <= u || (e > a.offsets[u] && a.columns[e - 1] == v)) continue;
      Offset& place = next[v];
      while (place < a.offsets[v + 1] && a.columns[place] < u) ++place;
      pairs += place < a.offsets[v + 1] && a.columns[place] == u;
    }
  return pairs;
}

// The different entries without loops, less those that are the second of their pair.
Offset Graph::pair_count() const {
  const Sparse& a = adjacency();
  const bool both_ways = undirected();
  const Offset entries = sum_over_nodes(a, [&](NodeId u) {  // ascending ones, or all that are no loops
    Offset count = 0;
    visit_different(a.columns(u), both_ways ? u + 1 : 0, nodes(), [&](NodeId v) { count += v != u; });
    return count;
  });
  return both_ways ? entries : entries - pairs_both_ways(a.view());
}

// Row u holds its pairs (u, v): the ascending entries, then those that only descend, brought over from row v.
std::vector<Edge> Graph::pairs() const {
  const Sparse& a = adjacency();
  const bool both_ways = undirected();
  std::vector<Offset> start(std::size_t(nodes()) + 1);
  const auto visit_descending = [&](auto visit) {  // in the order of u
    for (NodeId u = 0; !both_ways && u < nodes(); ++u)
      visit_different(a.columns(u), 0, u, [&](NodeId v) {
        if (!std::ranges::binary_search(a.columns(v), u)) visit(v, u);
      });
  };
  parallel_for(nodes(), row_block, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u)
      visit_different(a.columns(u), NodeId(u) + 1, nodes(), [&](NodeId) { ++start[u + 1]; });
  });
  visit_descending([&](NodeId v, NodeId) { ++start[v + 1]; });
  std::partial_sum(start.begin(), start.end(), start.begin());
  std::vector<Edge> result(std::size_t(start.back()));
  std::vector<Offset> next(start.begin(), start.end() - 1);
  parallel_for(nodes(), row_block, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u)
      visit_different(a.columns(u), NodeId(u) + 1, nodes(), [&](NodeId v) { result[next[u]++] = {NodeId(u), v}; });
  });
  visit_descending([&](NodeId v, NodeId u) { result[next[v]++] = {v, u}; });
  if (!both_ways)
    parallel_for(nodes(), row_block, [&](Offset begin, Offset end) {
      for (Offset u = begin; u < end; ++u) std::sort(result.begin() + start[u], result.begin() + start[u + 1]);
    });
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
  expect(shared_->own.empty(), "Graph: a merged one has no propagation");
  std::lock_guard lock(shared_->guard);
  auto found = shared_->propagations.find(how);
  if (found == shared_->propagations.end() && shared_->whole) {
    const Sparse& all = Graph(shared_->whole).propagation(how);
    found = shared_->propagations.emplace(how, first_rows(all, incoming().rows(), nodes())).first;
  } else if (found == shared_->propagations.end()) {
    found = shared_->propagations.emplace(how, normalised(incoming(), how)).first;
    if (how.norm != Norm::row && undirected()) found->second.known_symmetric();
  }
  return found->second;
}

const Messages& Graph::messages(Loops loops) const {
  std::lock_guard lock(shared_->guard);
  auto found = shared_->messages.find(loops);
  if (found != shared_->messages.end()) return found->second;
  if (shared_->whole) {
    const Messages& all = Graph(shared_->whole).messages(loops);
    const Sparse along = first_rows(all.along, incoming().rows(), nodes());
    return shared_->messages.emplace(loops, Messages{along, {all.edge.begin(), all.edge.begin() + along.nonzeros()}})
        .first->second;
  }
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
