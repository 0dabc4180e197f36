#include <fmt/format.h>
#include <pfm/graph/degrees.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <atomic>

namespace pfm {

// Nodes that are the source of nothing and the target of nothing. Threads may mark one target at a time: all write 1.
static NodeId isolated_nodes(const CsrView& a) {
  std::vector<std::uint8_t> reached(std::size_t(a.rows));
  parallel_for(a.nonzeros(), 16 * row_block, [&](Offset begin, Offset end) {
    for (Offset e = begin; e < end; ++e) {
      const std::atomic_ref mark(reached[a.columns[e]]);
      if (!mark.load(std::memory_order_relaxed)) mark.store(1, std::memory_order_relaxed);
    }
  });
  NodeId count = 0;
  for (Offset v = 0; v < a.rows; ++v) count += a.offsets[v] == a.offsets[v + 1] && !reached[v];
  return count;
}

Degrees degrees(const Graph& graph) {
  const CsrView& a = graph.adjacency().view();
  if (a.rows == 0) return {};
  Degrees result = tree_sum(
      a.rows, row_block,
      [&](Offset begin, Offset end) {
        Degrees part{.min = a.nonzeros()};
        for (Offset v = begin; v < end; ++v) {
          const Offset out = a.offsets[v + 1] - a.offsets[v];
          part.min = std::min(part.min, out), part.max = std::max(part.max, out);
        }
        return part;
      },
      [](Degrees& left, const Degrees& right) {
        left.min = std::min(left.min, right.min), left.max = std::max(left.max, right.max);
      });
  result.mean = double(a.nonzeros()) / double(a.rows);
  if (result.min == 0) result.isolated = isolated_nodes(a);
  return result;
}

std::vector<double> strengths(const Graph& graph) {
  const Sparse& a = graph.adjacency();
  std::vector<double> sums(std::size_t(a.rows()));
  parallel_for(a.rows(), row_block, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u) {
      if (!a.weighted()) sums[u] = double(a.columns(u).size());
      for (const Real w : a.values(u)) {
        if (w < 0)
          throw Error(Fault::input, fmt::format("edge weights must not be negative here, where edges are followed in "
                                                "proportion to them; an edge of node {} has {}",
                                                u, w));
        sums[u] += double(w);
      }
    }
  });
  return sums;
}

}  // namespace pfm
