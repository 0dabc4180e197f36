#include <fmt/format.h>
#include <metis.h>
#include <pfm/graph/partition.h>

#include <limits>
#include <mutex>

namespace pfm {

// METIS draws from a generator of the whole process, hence one call at a time. While it works it catches SIGTERM and
// SIGABRT for itself and gives them back afterwards.
std::vector<std::int32_t> partition_metis(const Graph& graph, std::int32_t parts, std::int32_t seed) {
  expect(graph.undirected(), "partition_metis: the graph is undirected");
  expect(parts >= 1, "partition_metis: at least one part");
  const Sparse& a = graph.adjacency();
  if (graph.edges() > std::numeric_limits<idx_t>::max())
    throw Error(Fault::input, fmt::format("METIS counts up to {} entries and the graph has {}; use the streaming "
                                          "partition (LDG)",
                                          std::numeric_limits<idx_t>::max(), graph.edges()));
  std::vector<idx_t> start{0}, targets, part(std::size_t(graph.nodes()));
  start.reserve(part.size() + 1), targets.reserve(std::size_t(graph.edges()));
  for (NodeId v = 0; v < graph.nodes(); ++v) {
    for (const NodeId u : a.columns(v))
      if (u != v) targets.push_back(u);
    start.push_back(idx_t(targets.size()));
  }
  if (parts == 1 || part.empty()) return {part.begin(), part.end()};  // METIS takes two or more
  idx_t options[METIS_NOPTIONS], nodes = graph.nodes(), constraints = 1, wanted = parts, cut = 0;
  METIS_SetDefaultOptions(options);
  options[METIS_OPTION_SEED] = seed;
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  const int status = METIS_PartGraphKway(&nodes, &constraints, start.data(), targets.data(), nullptr, nullptr, nullptr,
                                         &wanted, nullptr, nullptr, options, &cut, part.data());
  if (status != METIS_OK)
    throw Error(Fault::input,
                fmt::format("METIS could not cut {} nodes into {} parts ({}); use the streaming "
                            "partition (LDG)",
                            nodes, parts, status == METIS_ERROR_MEMORY ? "out of memory" : "wrong input"));
  return {part.begin(), part.end()};
}

}  // namespace pfm
