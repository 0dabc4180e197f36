#include <pfm/graph/symmetrise.h>
#include <pfm/kernels/parallel.h>

#include <numeric>

namespace pfm {
namespace {

// Rows of the adjacency and of its transpose side by side.
struct BothWays {
  const Graph& graph;
  const CsrView &out = graph.adjacency().view(), &in = graph.incoming().view();
  std::span<const std::int32_t> types = graph.edge_types();
  bool carries = !types.empty() || !graph.edge_attributes().empty();
  std::span<const Offset> order = carries ? graph.adjacency().transpose_order() : std::span<const Offset>{};

  std::pair<NodeId, std::int32_t> out_key(Offset e) const { return {out.columns[e], types.empty() ? 0 : types[e]}; }
  std::pair<NodeId, std::int32_t> in_key(Offset f) const {
    return {in.columns[f], types.empty() ? 0 : types[order[f]]};
  }

  // visit(e, f) for every edge of u, ascending: its entry of the adjacency and of the transpose, -1 where there is
  // none.
  template <class Visit>
  void edges_of(Offset u, Visit visit) const {
    Offset e = out.offsets[u], f = in.offsets[u];
    const Offset e_end = out.offsets[u + 1], f_end = in.offsets[u + 1];
    while (e < e_end || f < f_end) {
      const bool take_out = e < e_end && (f == f_end || out_key(e) <= in_key(f));
      const bool take_in = f < f_end && (e == e_end || in_key(f) <= out_key(e));
      visit(take_out ? e : -1, take_in ? f : -1);
      e += take_out, f += take_in;
    }
  }
};

}  // namespace

Graph symmetrised(const Graph& graph, BuildRules::Duplicates weights) {
  if (graph.undirected() && graph.edge_types().empty() && graph.edge_attributes().empty()) return graph;
  const BothWays both{graph};
  const Offset n = graph.nodes();
  std::vector<Offset> offsets(std::size_t(n) + 1);
  parallel_for(n, row_block, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u) both.edges_of(u, [&](Offset, Offset) { ++offsets[u + 1]; });
  });
  std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
  const bool weighted = graph.adjacency().weighted(), sums = weights == BuildRules::Duplicates::sum;
  const Matrix& rows = graph.edge_attributes();
  std::vector<NodeId> columns(std::size_t(offsets.back()));
  std::vector<Real> values(weighted ? columns.size() : 0);
  std::vector<std::int32_t> types(both.types.empty() ? 0 : columns.size());
  Matrix attributes(rows.empty() ? 0 : offsets.back(), rows.cols());
  parallel_for(n, row_block, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u) {
      Offset at = offsets[u];
      both.edges_of(u, [&](Offset e, Offset f) {
        const NodeId v = e >= 0 ? both.out.columns[e] : both.in.columns[f];
        const bool from_u = e >= 0 && (f < 0 || u <= v);
        columns[at] = v;
        if (weighted) values[at] = from_u ? both.out.values[e] : both.in.values[f];
        if (weighted && sums && e >= 0 && f >= 0 && u != v) values[at] = both.out.values[e] + both.in.values[f];
        if (both.carries) {
          const Offset origin = from_u ? e : both.order[f];
          if (!types.empty()) types[at] = both.types[origin];
          if (!rows.empty()) std::ranges::copy(rows.row(origin), attributes.row(at).begin());
        }
        ++at;
      });
    }
  });
  Sparse adjacency(n, n, std::move(offsets), std::move(columns), std::move(values));
  adjacency.known_symmetric();
  return Graph(std::move(adjacency), std::move(attributes), std::move(types));
}

}  // namespace pfm
