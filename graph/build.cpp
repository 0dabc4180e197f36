#include <pfm/graph/build.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace pfm {
namespace {

// What the rows are made of: bare targets where that is enough, else targets with the given edge they came from.
struct Entry {
  NodeId target;
  Offset edge;
};
NodeId target_of(NodeId entry) { return entry; }
NodeId target_of(const Entry& entry) { return entry.target; }
NodeId entry_of(NodeId target, Offset, NodeId) { return target; }
Entry entry_of(NodeId target, Offset edge, Entry) { return {target, edge}; }

struct Input {
  NodeId nodes;
  std::span<const Edge> edges;
  BuildRules rules;
  bool kept(const Edge& e) const { return e.source != e.target || rules.self_loops == BuildRules::SelfLoops::keep; }
  bool both_ways(const Edge& e) const { return rules.undirected && e.source != e.target; }
};

// Rows in the order given: counted, then placed.
template <class Item>
struct Rows {
  std::vector<Offset> start;  // [nodes + 1]
  std::vector<Item> items;
};

template <class Item>
Rows<Item> placed(const Input& in) {
  Rows<Item> rows;
  rows.start.resize(std::size_t(in.nodes) + 1);
  for (const Edge& e : in.edges) {
    if (!in.kept(e)) continue;
    ++rows.start[e.source + 1];
    if (in.both_ways(e)) ++rows.start[e.target + 1];
  }
  std::partial_sum(rows.start.begin(), rows.start.end(), rows.start.begin());
  rows.items.resize(rows.start.back());
  std::vector<Offset> next = rows.start;
  for (std::size_t i = 0; i < in.edges.size(); ++i) {
    const Edge e = in.edges[i];
    if (!in.kept(e)) continue;
    rows.items[next[e.source]++] = entry_of(e.target, Offset(i), Item());
    if (in.both_ways(e)) rows.items[next[e.target]++] = entry_of(e.source, Offset(i), Item());
  }
  return rows;
}

// Sorts each row (repetitions keep their order) and counts its different targets: the offsets of the merged rows.
template <class Item>
std::vector<Offset> sorted(Rows<Item>& rows) {
  const auto n = Offset(rows.start.size()) - 1;
  std::vector<Offset> offsets(n + 1);
  parallel_for(n, row_block, [&](Offset begin, Offset end) {
    for (Offset v = begin; v < end; ++v) {
      const std::span<Item> row(rows.items.data() + rows.start[v], rows.items.data() + rows.start[v + 1]);
      if constexpr (std::is_same_v<Item, NodeId>)
        std::ranges::sort(row);
      else
        std::ranges::sort(row, std::less(), [](const Entry& e) { return std::pair(e.target, e.edge); });
      Offset different = 0;
      for (std::size_t i = 0; i < row.size(); ++i) different += i == 0 || target_of(row[i]) != target_of(row[i - 1]);
      offsets[v + 1] = different;
    }
  });
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  return offsets;
}

// visit(item, place, first) for every item: the place of its merged entry, and whether it is the entry's first item.
template <class Item, class Visit>
void merge(const Rows<Item>& rows, const std::vector<Offset>& offsets, Visit visit) {
  parallel_for(Offset(offsets.size()) - 1, row_block, [&](Offset begin, Offset end) {
    for (Offset v = begin; v < end; ++v) {
      Offset place = offsets[v] - 1;
      for (Offset i = rows.start[v]; i < rows.start[v + 1]; ++i) {
        const bool first = i == rows.start[v] || target_of(rows.items[i]) != target_of(rows.items[i - 1]);
        if (first) ++place;
        visit(rows.items[i], place, first);
      }
    }
  });
}

Sparse structure(const Input& in) {
  Rows<NodeId> rows = placed<NodeId>(in);
  std::vector<Offset> offsets = sorted(rows);
  std::vector<NodeId> columns(offsets.back());
  merge(rows, offsets, [&](NodeId target, Offset place, bool first) {
    if (first) columns[place] = target;
  });
  return {in.nodes, in.nodes, std::move(offsets), std::move(columns)};
}

Sparse weighted_structure(const Input& in, std::span<const Real> weights, std::vector<Offset>* origin) {
  Rows<Entry> rows = placed<Entry>(in);
  std::vector<Offset> offsets = sorted(rows);
  std::vector<NodeId> columns(offsets.back());
  std::vector<Real> values(weights.empty() ? 0 : offsets.back());
  if (origin) origin->resize(offsets.back());
  merge(rows, offsets, [&](const Entry& e, Offset place, bool first) {
    if (first) columns[place] = e.target;
    if (first && origin) (*origin)[place] = e.edge;
    if (weights.empty()) return;
    if (first)
      values[place] = weights[e.edge];
    else if (in.rules.duplicates == BuildRules::Duplicates::sum)
      values[place] += weights[e.edge];
  });
  return {in.nodes, in.nodes, std::move(offsets), std::move(columns), std::move(values)};
}

}  // namespace

// Both directions of an edge see the same repetitions in the same order, so an undirected result is symmetric to the
// bit.
Graph build_graph(NodeId nodes, std::span<const Edge> edges, std::span<const Real> weights, BuildRules rules,
                  std::vector<Offset>* origin) {
  expect(nodes >= 0, "build_graph: a number of nodes");
  expect(weights.empty() || weights.size() == edges.size(), "build_graph: a weight per edge, or none");
  for (const Edge& e : edges)
    expect(0 <= e.source && e.source < nodes && 0 <= e.target && e.target < nodes, "build_graph: nodes in range");
  for (Real w : weights) expect(std::isfinite(w), "build_graph: finite weights");
  const Input in{nodes, edges, rules};
  Sparse adjacency = weights.empty() && !origin ? structure(in) : weighted_structure(in, weights, origin);
  if (rules.undirected) adjacency.known_symmetric();
  return Graph(std::move(adjacency));
}

}  // namespace pfm
