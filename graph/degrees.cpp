#include <pfm/graph/degrees.h>

#include <algorithm>

namespace pfm {

Degrees degrees(const Graph& graph) {
  Degrees result;
  const NodeId n = graph.nodes();
  if (n == 0) return result;
  result.min = graph.edges();
  for (NodeId v = 0; v < n; ++v) {
    const auto out = Offset(graph.adjacency().columns(v).size());
    result.min = std::min(result.min, out);
    result.max = std::max(result.max, out);
    if (out == 0 && graph.incoming().columns(v).empty()) ++result.isolated;
  }
  result.mean = double(graph.edges()) / double(n);
  return result;
}

}  // namespace pfm
