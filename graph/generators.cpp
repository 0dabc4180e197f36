#include <pfm/graph/build.h>
#include <pfm/graph/generators.h>
#include <pfm/kernels/parallel.h>

namespace pfm {

Graph graph_of(const EdgeBlocks& drawn, bool directed) {
  const BuildRules rules{
      .undirected = !directed,
      .self_loops = directed ? BuildRules::SelfLoops::keep : BuildRules::SelfLoops::drop,
  };
  std::vector<std::vector<Edge>> parts(std::size_t(drawn.blocks));
  parallel_blocks(drawn.blocks, [&](Offset block) { drawn.draw(block, parts[block]); });
  std::vector<Edge> edges;
  for (std::vector<Edge>& part : parts) edges.insert(edges.end(), part.begin(), part.end()), part = {};
  return build_graph(drawn.nodes, edges, {}, rules);
}

}  // namespace pfm
