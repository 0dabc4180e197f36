#include <pfm/graph/partition.h>
#include <pfm/kernels/parallel.h>

#include <cmath>
#include <set>

namespace pfm {

std::vector<std::int32_t> partition_ldg(const Graph& graph, std::int32_t parts, double slack) {
  expect(parts >= 1 && slack >= 1, "partition_ldg: at least one part, a slack of at least 1");
  const Sparse& a = graph.adjacency();
  const double capacity = std::ceil(slack * double(a.rows()) / double(parts));
  std::vector<std::int32_t> part(std::size_t(a.rows()), -1), near;
  std::vector<Offset> size(std::size_t(parts), 0), neighbours(std::size_t(parts), 0);
  std::set<std::pair<Offset, std::int32_t>> by_size;
  for (std::int32_t p = 0; p < parts; ++p) by_size.emplace(0, p);
  for (Offset v = 0; v < a.rows(); ++v) {
    near.clear();
    for (const NodeId u : a.columns(v))
      if (u != v && part[u] >= 0 && neighbours[part[u]]++ == 0) near.push_back(part[u]);
    std::int32_t best = by_size.begin()->second;
    double score = double(neighbours[best]) * (1 - double(size[best]) / capacity);
    for (const std::int32_t p : near) {
      const double other = double(neighbours[p]) * (1 - double(size[p]) / capacity);
      if (other > score || (other == score && std::pair(size[p], p) < std::pair(size[best], best)))
        best = p, score = other;
    }
    for (const std::int32_t p : near) neighbours[p] = 0;
    by_size.erase({size[best], best});
    by_size.emplace(++size[best], best);
    part[v] = best;
  }
  return part;
}

Offset cut_entries(const Graph& graph, std::span<const std::int32_t> part) {
  expect(Offset(part.size()) == graph.nodes(), "cut_entries: a part per node");
  return tree_sum(
      graph.nodes(), row_block,
      [&](Offset begin, Offset end) {
        Offset cut = 0;
        for (Offset v = begin; v < end; ++v)
          for (const NodeId u : graph.adjacency().columns(v)) cut += part[u] != part[v];
        return cut;
      },
      [](Offset& left, Offset right) { left += right; });
}

}  // namespace pfm
