#include "graphs.h"

#include <pfm/graph/generators.h>
#include <pfm/io/builtin.h>

namespace pfm {

// Low numbers have high degrees in a draw: nodes change places, else caches would help as they do for no real graph.
static Graph shuffled(const EdgeBlocks& drawn, Rng rng) {
  const std::vector<NodeId> order = permutation(drawn.nodes, rng);
  return graph_of({drawn.nodes, drawn.blocks, [&](Offset block, std::vector<Edge>& edges) {
                     const std::size_t before = edges.size();
                     drawn.draw(block, edges);
                     for (Edge& e : std::span(edges).subspan(before)) e = {order[e.source], order[e.target]};
                   }});
}

Graph rmat(int scale, Offset edge_factor, Rng rng) {
  return shuffled(rmat({.scale = scale, .edges = edge_factor << scale}, rng), rng.split("order"));
}

const Sparse& cora_adjacency() {
  static const Sparse made = io::builtin("cora").all.graph.propagation();
  return made;
}

const Sparse& cora_features() {
  static const Sparse made = io::builtin("cora").all.x.sparse();
  return made;
}

const Graph& rmat20() {
  static const Graph made = rmat(20, 16, Rng(1));
  return made;
}

const Graph& rmat22() {
  static const Graph made = rmat(22, 16, Rng(1));
  return made;
}

const Sparse& rmat18() {
  static const Sparse made = rmat(18, 16, Rng(1)).adjacency().without_values();
  return made;
}

}  // namespace pfm
