#include <pfm/graph/generators.h>
#include <pfm/graph/stream.h>
#include <pfm/kernels/parallel.h>

namespace pfm {

Graph graph_of(const EdgeBlocks& drawn, bool directed) {
  GraphStream stream(
      {
          .undirected = !directed,
          .self_loops = directed ? BuildRules::SelfLoops::keep : BuildRules::SelfLoops::drop,
      },
      GraphStream::Keep::ends, drawn.nodes);
  parallel_blocks(drawn.blocks, [&](Offset block) {
    std::vector<Edge> edges;
    drawn.draw(block, edges);
    stream.add(edges);
  });
  return stream.finish(drawn.nodes);
}

}  // namespace pfm
