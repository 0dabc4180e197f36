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

// Every edge once, from its end of lower degree (of equal ones the smaller node): rows are short even at hubs.
Sparse oriented(const Sparse& a, const std::vector<Offset>& degree) {
  const auto up = [&](NodeId u, NodeId v) { return std::pair(degree[u], u) < std::pair(degree[v], v); };
  std::vector<Offset> offsets(std::size_t(a.rows()) + 1);
  parallel_rows(a.view(), 65536, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u)
      visit_neighbours(a, NodeId(u), [&](NodeId v) { offsets[u + 1] += up(NodeId(u), v); });
  });
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  std::vector<NodeId> columns(std::size_t(offsets.back()));
  parallel_rows(a.view(), 65536, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u) {
      Offset at = offsets[u];
      visit_neighbours(a, NodeId(u), [&](NodeId v) {
        if (up(NodeId(u), v)) columns[at++] = v;
      });
    }
  });
  return {a.rows(), a.cols(), std::move(offsets), std::move(columns)};
}

// visit(w) for what both ascending rows hold.
template <class Visit>
void visit_common(std::span<const NodeId> left, std::span<const NodeId> right, Visit visit) {
  for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
    if (left[i] == right[j]) visit(left[i]);
    const bool next_left = left[i] <= right[j], next_right = right[j] <= left[i];
    i += next_left, j += next_right;
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
  const Sparse up = oriented(a, result.degree);
  const auto add = [&](NodeId v, Offset found) {  // counts of integers: no order of adding them matters
    if (found > 0) std::atomic_ref(result.of[v]).fetch_add(found, std::memory_order_relaxed);
  };
  parallel_rows(up.view(), 4096, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u) {
      Offset of_u = 0;
      for (const NodeId v : up.columns(u)) {
        Offset of_v = 0;
        visit_common(up.columns(u), up.columns(v), [&](NodeId w) { add(w, 1), ++of_v; });
        add(v, of_v), of_u += of_v;
      }
      add(NodeId(u), of_u);
    }
  });
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
