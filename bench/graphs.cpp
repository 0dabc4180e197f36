#include "graphs.h"

#include <pfm/graph/build.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>

namespace pfm {

// One draw of the quadrants, from the coarsest level down.
static Edge draw_edge(int scale, const Rng& rng, std::uint64_t i) {
  constexpr double a = 0.57, b = 0.19, c = 0.19;
  Edge edge{0, 0};
  std::array<std::uint32_t, 4> words{};
  for (int level = 0; level < scale; ++level) {
    if (level % 4 == 0) words = rng.block(i * 8 + std::uint64_t(level / 4));
    const double u = words[std::size_t(level % 4)] * 0x1.0p-32;
    edge.source = 2 * edge.source + (u >= a + b);
    edge.target = 2 * edge.target + ((u >= a && u < a + b) || u >= a + b + c);
  }
  return edge;
}

Graph rmat(int scale, Offset edge_factor, Rng rng) {
  expect(0 < scale && scale <= 30, "rmat: 2^1 to 2^30 nodes");
  const NodeId nodes = NodeId{1} << scale;
  const std::vector<NodeId> order = permutation(nodes, rng.split("order"));
  std::vector<Edge> edges(std::size_t(edge_factor) << scale);
  parallel_for(Offset(edges.size()), row_block, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const Edge edge = draw_edge(scale, rng, std::uint64_t(i));
      edges[i] = {order[edge.source], order[edge.target]};
    }
  });
  return build_graph(nodes, edges);
}

const Sparse& cora_adjacency() {
  static const Sparse made = io::builtin("cora").all.graph.propagation();
  return made;
}

const Sparse& cora_features() {
  static const Sparse made = io::builtin("cora").all.x.sparse();
  return made;
}

const Sparse& rmat18() {
  static const Sparse made = rmat(18, 16, Rng(1)).adjacency().without_values();
  return made;
}

}  // namespace pfm
