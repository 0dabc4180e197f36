#include <pfm/graph/knn_graph.h>
#include <pfm/graph/nearest_rows.h>
#include <pfm/kernels/parallel.h>

namespace pfm {

// A row itself is among its nearest, or is pushed out by as many others that point the same way.
Graph knn_graph(const Features& rows, NodeId k) {
  expect(k >= 0, "knn_graph: a number of neighbours");
  const Offset n = rows.rows(), each = std::max<Offset>(0, std::min<Offset>(k, n - 1));
  if (each == 0) return Graph::without_edges(NodeId(n));
  const Features unit = unit_rows(rows);
  const TopK nearest = nearest_rows(unit, unit, each + 1);
  std::vector<Offset> offsets(std::size_t(n) + 1);
  std::vector<NodeId> columns(std::size_t(n * each));
  std::vector<Real> values(columns.size());
  for (Offset i = 0; i <= n; ++i) offsets[i] = i * each;
  parallel_for(n, row_block, [&](Offset begin, Offset end) {
    std::vector<std::pair<NodeId, Real>> row;
    for (Offset i = begin; i < end; ++i) {
      row.clear();
      for (Offset j = 0; j <= each && Offset(row.size()) < each; ++j)
        if (const NodeId other = nearest.columns[i * (each + 1) + j]; other != i)
          row.emplace_back(other, nearest.values(i, j));
      std::ranges::sort(row);
      for (Offset j = 0; j < each; ++j) std::tie(columns[i * each + j], values[i * each + j]) = row[j];
    }
  });
  return Graph(Sparse(n, n, std::move(offsets), std::move(columns), std::move(values)));
}

}  // namespace pfm
