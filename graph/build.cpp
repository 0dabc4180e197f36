#include <pfm/graph/build.h>
#include <pfm/graph/stream.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>

namespace pfm {

Graph build_graph(NodeId nodes, std::span<const Edge> edges, std::span<const Real> weights, BuildRules rules,
                  std::vector<Offset>* origin) {
  expect(weights.empty() || weights.size() == edges.size(), "build_graph: a weight per edge, or none");
  const bool plain = weights.empty() && origin == nullptr;
  GraphStream stream(rules, plain ? GraphStream::Keep::ends : GraphStream::Keep::ordered, nodes);
  constexpr Offset block = 1 << 18;
  parallel_for(Offset(edges.size()), block, [&](Offset begin, Offset end) {
    const auto count = std::size_t(end - begin);
    stream.add(edges.subspan(begin, count), begin, weights.empty() ? weights : weights.subspan(begin, count));
  });
  return stream.finish(nodes, {}, !weights.empty(), origin);
}

}  // namespace pfm
