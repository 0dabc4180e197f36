#include <pfm/graph/entries.h>

#include <algorithm>

namespace pfm {

Sparse with_entries(const Sparse& a, std::span<const Offset> kept) {
  const CsrView& v = a.view();
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns(kept.size());
  std::vector<Real> values(a.weighted() ? kept.size() : 0);
  offsets.reserve(std::size_t(v.rows) + 1);
  for (Offset row = 0, i = 0; row < v.rows; ++row) {
    for (; i < Offset(kept.size()) && kept[i] < v.offsets[row + 1]; ++i) {
      columns[i] = v.columns[kept[i]];
      if (a.weighted()) values[i] = v.values[kept[i]];
    }
    offsets.push_back(i);
  }
  return {v.rows, v.cols, std::move(offsets), std::move(columns), std::move(values)};
}

Graph with_entries(const Graph& graph, std::span<const Offset> kept) {
  std::vector<std::int32_t> types;
  if (!graph.edge_types().empty())
    for (const Offset e : kept) types.push_back(graph.edge_types()[e]);
  const Matrix& all = graph.edge_attributes();
  Matrix attributes(all.empty() ? 0 : Offset(kept.size()), all.cols());
  for (Offset i = 0; i < attributes.rows(); ++i) std::ranges::copy(all.row(kept[i]), attributes.row(i).begin());
  return Graph(with_entries(graph.adjacency(), kept), std::move(attributes), std::move(types));
}

}  // namespace pfm
