#include <pfm/graph/triangles.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/spmm.h>

#include <atomic>
#include <numeric>

namespace pfm {
namespace {

template <class Visit>  // visit(v) for every different neighbour of u but u
void visit_neighbours(const Sparse& a, NodeId u, Visit visit) {
  NodeId before = -1;
  for (const NodeId v : a.columns(u)) {
    if (v != u && v != before) visit(v);
    before = v;
  }
}

// Nodes by falling degree: at hubs, where most looking up is done, ranks are small and near each other.
struct Ranks {
  explicit Ranks(const std::vector<Offset>& degree) : node(degree.size()), of(degree.size()) {
    std::iota(node.begin(), node.end(), 0);
    std::ranges::stable_sort(node, std::greater(), [&](NodeId v) { return degree[v]; });
    for (std::size_t r = 0; r < node.size(); ++r) of[node[r]] = NodeId(r);
  }
  std::vector<NodeId> node, of;
};

// Every edge once, between ranks, from the end of lower degree: rows are short even at hubs.
Sparse oriented(const Sparse& a, const Ranks& rank) {
  std::vector<Offset> offsets(std::size_t(a.rows()) + 1);
  const auto visit_up = [&](Offset r, auto visit) {
    visit_neighbours(a, rank.node[r], [&](NodeId v) {
      if (rank.of[v] < r) visit(rank.of[v]);
    });
  };
  parallel_for(a.rows(), 1024, [&](Offset begin, Offset end) {
    for (Offset r = begin; r < end; ++r) visit_up(r, [&](NodeId) { ++offsets[r + 1]; });
  });
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<NodeId> columns(std::size_t(offsets.back()));
  parallel_for(a.rows(), 1024, [&](Offset begin, Offset end) {
    for (Offset r = begin; r < end; ++r) {
      Offset at = offsets[r];
      visit_up(r, [&](NodeId up) { columns[at++] = up; });
    }
  });
  return {a.rows(), a.cols(), std::move(offsets), std::move(columns)};
}

// Adds the triangles whose lowest corners are the rows [begin, end) to `of`, by node. Counts of integers: no order of
// adding them matters.
void count(const Sparse& up, const Ranks& rank, Offset begin, Offset end, std::vector<Offset>& of) {
  std::vector<NodeId> place(std::size_t(up.rows()), -1);  // where a rank stands in the row at hand
  std::vector<Offset> found;
  const auto add = [&](NodeId r, Offset triangles) {
    if (triangles > 0) std::atomic_ref(of[rank.node[r]]).fetch_add(triangles, std::memory_order_relaxed);
  };
  for (Offset u = begin; u < end; ++u) {
    const auto row = up.columns(u);
    if (row.size() < 2) continue;
    for (std::size_t i = 0; i < row.size(); ++i) place[row[i]] = NodeId(i);
    found.assign(row.size(), 0);
    Offset of_u = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      Offset of_v = 0;
      for (const NodeId w : up.columns(row[i]))
        if (place[w] >= 0) ++found[place[w]], ++of_v;
      found[i] += of_v, of_u += of_v;
    }
    for (std::size_t i = 0; i < row.size(); ++i) add(row[i], found[i]), place[row[i]] = -1;
    add(NodeId(u), of_u);
  }
}

}  // namespace

Triangles triangles(const Graph& graph) {
  expect(graph.undirected(), "triangles: the graph is undirected");
  const Sparse& a = graph.adjacency();
  Triangles result{std::vector<Offset>(std::size_t(a.rows())), std::vector<Offset>(std::size_t(a.rows()))};
  parallel_for(a.rows(), row_block, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u) visit_neighbours(a, NodeId(u), [&](NodeId) { ++result.degree[u]; });
  });
  const Ranks rank(result.degree);
  const Sparse up = oriented(a, rank);
  // Few blocks, as each clears a number per node.
  parallel_rows(up.view(), std::max<Offset>(16384, (up.nonzeros() + up.rows()) / 256),
                [&](Offset begin, Offset end) { count(up, rank, begin, end, result.of); });
  result.count = std::reduce(result.of.begin(), result.of.end()) / 3;
  return result;
}

std::vector<double> Triangles::clustering() const {
  std::vector<double> share(of.size());
  for (std::size_t v = 0; v < of.size(); ++v)
    if (degree[v] > 1) share[v] = 2 * double(of[v]) / (double(degree[v]) * double(degree[v] - 1));
  return share;
}

double Triangles::average_clustering() const {
  const std::vector<double> share = clustering();
  return share.empty() ? 0 : std::accumulate(share.begin(), share.end(), 0.0) / double(share.size());
}

double Triangles::transitivity() const {
  double paths = 0;
  for (const Offset d : degree) paths += double(d) * double(d - 1) / 2;
  return paths > 0 ? 3 * double(count) / paths : 0;
}

}  // namespace pfm
