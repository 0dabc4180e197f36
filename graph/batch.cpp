#include <pfm/graph/batch.h>
#include <pfm/graph/induced_edges.h>

#include <algorithm>
#include <iterator>

namespace pfm {
namespace {

// Rows of each segment among `keep`, which must go through the segments in their order.
std::vector<Offset> kept_segments(const std::vector<Offset>& segments, std::span<const NodeId> keep) {
  if (segments.empty()) return {};
  std::vector<Offset> result{0};
  std::size_t i = 0;
  for (std::size_t s = 1; s < segments.size(); ++s) {
    while (i < keep.size() && segments[s - 1] <= keep[i] && keep[i] < segments[s]) ++i;
    result.push_back(Offset(i));
  }
  expect(i == keep.size(), "induced: kept rows go through the segments in their order");
  return result;
}

}  // namespace

Batch induced(const Batch& batch, std::span<const NodeId> keep) {
  Relabelling rows;
  rows.begin(batch.rows());
  for (std::size_t i = 0; i < keep.size(); ++i)
    expect(0 <= keep[i] && keep[i] < batch.rows() && rows.number(keep[i], NodeId(i)) == NodeId(i),
           "induced: different nodes of the batch");
  Batch result;
  InducedEdges edges;
  append_induced(batch.graph.adjacency(), keep, rows, 0, edges);
  result.graph = graph_of(batch.graph, std::move(edges));
  result.x = batch.x.gather(keep);
  result.ids.assign(keep.begin(), keep.end());
  if (!batch.ids.empty())
    for (NodeId& id : result.ids) id = batch.ids[id];
  result.segments = kept_segments(batch.segments, keep);
  result.samples = batch.samples;
  for (NodeId v : batch.hidden_nodes)
    if (rows.find(v) >= 0) result.hidden_nodes.push_back(rows.find(v));
  for (const Edge& e : batch.hidden_edges)
    if (rows.find(e.source) >= 0 && rows.find(e.target) >= 0)
      result.hidden_edges.push_back({rows.find(e.source), rows.find(e.target)});
  return result;
}

namespace {

// Rows of a batch, range after range, with the edges among the rows of each.
class Ranges {
 public:
  Ranges(const Graph& graph, Offset rows, Offset entries) : from_(graph) {
    const bool attributes = !graph.edge_attributes().empty();
    offsets_.reserve(std::size_t(rows) + 1), columns_.reserve(std::size_t(entries));
    if (attributes) attributes_ = Matrix(entries, graph.edge_attributes().cols());
    if (graph.adjacency().weighted()) values_.reserve(std::size_t(entries));
    types_.reserve(graph.edge_types().empty() ? 0 : std::size_t(entries));
  }

  void append(Offset begin, Offset end) {
    const CsrView& a = from_.adjacency().view();
    const auto shift = NodeId(Offset(offsets_.size()) - 1 - begin);
    const Offset before = offsets_.back(), first = a.offsets[begin], last = a.offsets[end];
    for (Offset e = first; e < last; ++e) {
      expect(begin <= a.columns[e] && a.columns[e] < end, "chosen_samples: no edge joins two samples");
      columns_.push_back(a.columns[e] + shift);
    }
    for (Offset v = begin; v < end; ++v) offsets_.push_back(before + a.offsets[v + 1] - first);
    const auto part = [&](const auto& all) { return all.subspan(std::size_t(first), std::size_t(last - first)); };
    if (!a.values.empty()) std::ranges::copy(part(a.values), std::back_inserter(values_));
    if (!from_.edge_types().empty()) std::ranges::copy(part(from_.edge_types()), std::back_inserter(types_));
    for (Offset e = first; e < last && !attributes_.empty(); ++e)
      std::ranges::copy(from_.edge_attributes().row(e), attributes_.row(before + e - first).begin());
  }

  Graph finish() && {
    const auto rows = Offset(offsets_.size()) - 1;
    const Sparse joined(rows, rows, std::move(offsets_), std::move(columns_), std::move(values_));
    return Graph(from_.undirected() ? joined.known_symmetric() : joined, std::move(attributes_), std::move(types_));
  }

 private:
  const Graph& from_;
  std::vector<Offset> offsets_{0};
  std::vector<NodeId> columns_;
  std::vector<Real> values_;
  Matrix attributes_;
  std::vector<std::int32_t> types_;
};

}  // namespace

Batch chosen_samples(const Batch& batch, std::span<const NodeId> chosen) {
  const std::vector<Offset> whole{0, Offset(batch.rows())};
  const std::vector<Offset>& segments = batch.segments.empty() ? whole : batch.segments;
  const auto begin = [&](NodeId g) { return segments[std::size_t(g)]; };
  const auto end = [&](NodeId g) { return segments[std::size_t(g) + 1]; };
  Offset rows = 0, entries = 0;
  for (const NodeId g : chosen) {
    expect(0 <= g && std::size_t(g) + 1 < segments.size(), "chosen_samples: samples of the batch");
    const std::span<const Offset> offsets = batch.graph.adjacency().view().offsets;
    rows += end(g) - begin(g), entries += offsets[std::size_t(end(g))] - offsets[std::size_t(begin(g))];
  }
  Batch result;
  result.segments = {0};
  result.ids.reserve(std::size_t(rows));
  Ranges edges(batch.graph, rows, entries);
  for (const NodeId g : chosen) {
    edges.append(begin(g), end(g));
    for (Offset v = begin(g); v < end(g); ++v) result.ids.push_back(NodeId(v));
    result.segments.push_back(Offset(result.ids.size()));
    result.samples.push_back(batch.samples.empty() ? g : batch.samples[std::size_t(g)]);
    if (!batch.grids.empty()) result.grids.push_back(batch.grids[std::size_t(g)]);
  }
  result.graph = std::move(edges).finish();
  result.x = batch.x.gather(result.ids);
  if (!batch.ids.empty())
    for (NodeId& id : result.ids) id = batch.ids[std::size_t(id)];
  return result;
}

namespace {

// Concatenates f(batch) of all batches: `total` values together, or none has any.
template <class F>
auto joined(std::span<const Batch> batches, std::size_t total, F f) {
  std::decay_t<decltype(f(batches[0]))> result;
  for (const Batch& b : batches) {
    const auto& part = f(b);
    result.insert(result.end(), part.begin(), part.end());
  }
  expect(result.empty() || result.size() == total, "disjoint_union: all batches have ids, samples, grids, or none has");
  return result;
}

Graph joined_graphs(std::span<const Batch> batches) {
  Offset nodes = 0, edges = 0, width = 0;
  bool weighted = false, typed = false;
  for (const Batch& b : batches) {
    nodes += b.rows(), edges += b.graph.edges();
    weighted = weighted || b.graph.adjacency().weighted();
    typed = typed || !b.graph.edge_types().empty();
    width = std::max(width, b.graph.edge_attributes().cols());
  }
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  std::vector<std::int32_t> types;
  Matrix attributes = width > 0 ? Matrix(edges, width) : Matrix();
  offsets.reserve(nodes + 1), columns.reserve(edges);
  for (const Batch& b : batches) {
    const CsrView& a = b.graph.adjacency().view();
    const auto before = NodeId(offsets.size()) - 1;
    const Offset first = offsets.back();
    const Matrix& rows = b.graph.edge_attributes();
    expect(a.nonzeros() == 0 || rows.cols() == width, "disjoint_union: edge attributes of one width");
    expect(a.nonzeros() == 0 || typed == !b.graph.edge_types().empty(),
           "disjoint_union: all edges have types, or none");
    for (NodeId c : a.columns) columns.push_back(before + c);
    for (Offset i = 0; i < a.rows; ++i) offsets.push_back(first + a.offsets[i + 1]);
    if (weighted) values.insert(values.end(), a.values.begin(), a.values.end()), values.resize(columns.size(), 1);
    if (!rows.empty()) std::ranges::copy(rows.values(), attributes.row(first).begin());
    types.insert(types.end(), b.graph.edge_types().begin(), b.graph.edge_types().end());
  }
  return Graph(Sparse(nodes, nodes, std::move(offsets), std::move(columns), std::move(values)), std::move(attributes),
               std::move(types));
}

Features joined_dense(std::span<const Batch> batches, Offset rows, Offset cols) {
  Matrix result(rows, cols);
  Real* next = result.data();
  for (const Batch& b : batches) next = std::ranges::copy(b.x.dense().values(), next).out;
  return result;
}

// Dense only where all are dense; other rows become sparse. Rows have one width.
Features joined_features(std::span<const Batch> batches, Offset rows) {
  Offset cols = 0;
  for (const Batch& b : batches) cols = std::max(cols, b.x.cols());
  for (const Batch& b : batches) expect(b.x.cols() == cols || b.x.rows() == 0, "disjoint_union: rows of one width");
  if (std::ranges::all_of(batches, [](const Batch& b) { return b.x.is_dense(); }))
    return joined_dense(batches, rows, cols);
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (const Batch& b : batches) {
    const Sparse part = b.x.as_sparse();
    const Offset first = offsets.back();
    for (Offset i = 0; i < part.rows(); ++i) offsets.push_back(first + part.view().offsets[i + 1]);
    if (part.weighted()) values.resize(columns.size(), 1);
    columns.insert(columns.end(), part.view().columns.begin(), part.view().columns.end());
    if (part.weighted()) values.insert(values.end(), part.view().values.begin(), part.view().values.end());
  }
  if (!values.empty()) values.resize(columns.size(), 1);
  return Sparse(rows, cols, std::move(offsets), std::move(columns), std::move(values));
}

}  // namespace

Batch disjoint_union(std::span<const Batch> batches) {
  Batch result;
  result.segments = {0};
  for (const Batch& b : batches) {
    const auto before = NodeId(result.segments.back());
    if (b.segments.empty()) result.segments.push_back(before + b.rows());
    for (std::size_t s = 1; s < b.segments.size(); ++s) result.segments.push_back(before + b.segments[s]);
    for (NodeId v : b.hidden_nodes) result.hidden_nodes.push_back(before + v);
    for (const Edge& e : b.hidden_edges)
      result.hidden_edges.push_back({NodeId(before + e.source), NodeId(before + e.target)});
  }
  if (batches.empty()) return result;
  result.graph = joined_graphs(batches);
  result.x = joined_features(batches, result.rows());
  const std::size_t samples = result.segments.size() - 1;
  result.ids = joined(
      batches, std::size_t(result.rows()), [](const Batch& b) -> const auto& { return b.ids; });
  result.samples = joined(
      batches, samples, [](const Batch& b) -> const auto& { return b.samples; });
  result.grids = joined(
      batches, samples, [](const Batch& b) -> const auto& { return b.grids; });
  return result;
}

}  // namespace pfm
