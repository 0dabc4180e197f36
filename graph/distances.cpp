#include <pfm/graph/distances.h>
#include <pfm/kernels/parallel.h>

#include <atomic>

namespace pfm {

// Threads claim a node by writing its distance; all of a level write the same, so only the order of the next level's
// nodes depends on them, and that order decides nothing.
std::vector<std::int32_t> distances(const Graph& graph, std::span<const NodeId> sources, std::int32_t limit) {
  expect(limit >= 0, "distances: a limit of 0 or more steps");
  std::vector<std::int32_t> steps(std::size_t(graph.nodes()), -1);
  const auto claim = [&](NodeId v, std::int32_t level) {
    const std::atomic_ref known(steps[v]);
    std::int32_t unknown = -1;
    return known.load(std::memory_order_relaxed) < 0 &&
           known.compare_exchange_strong(unknown, level, std::memory_order_relaxed);
  };
  std::vector<NodeId> level;
  for (const NodeId v : sources) {
    expect(0 <= v && v < graph.nodes(), "distances: sources in range");
    if (claim(v, 0)) level.push_back(v);
  }
  constexpr Offset grain = 256;
  for (std::int32_t step = 1; !level.empty() && step - 1 < limit; ++step) {
    std::vector<std::vector<NodeId>> found(std::size_t((Offset(level.size()) + grain - 1) / grain));
    parallel_for(Offset(level.size()), grain, [&](Offset begin, Offset end) {
      for (Offset i = begin; i < end; ++i)
        for (const NodeId v : graph.adjacency().columns(level[i]))
          if (claim(v, step)) found[begin / grain].push_back(v);
    });
    level.clear();
    for (const auto& part : found) level.insert(level.end(), part.begin(), part.end());
  }
  return steps;
}

}  // namespace pfm
