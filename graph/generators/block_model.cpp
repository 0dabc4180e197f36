// Holland, Laskey, Leinhardt: Stochastic blockmodels: first steps (Social Networks 5, 1983).
#include <pfm/graph/generators/node_pairs.h>

#include <limits>

namespace pfm {

EdgeBlocks block_model(const BlockModelRules& rules, Rng rng) {
  NodeId nodes = 0;
  for (NodeId size : rules.sizes) {
    expect(size >= 0 && size < std::numeric_limits<NodeId>::max() - nodes, "block_model: sizes of communities");
    nodes += size;
  }
  std::vector<LikelyPairs> sets;
  NodeId first = 0;
  for (NodeId size : rules.sizes) {
    const NodeId end = first + size;
    sets.push_back(
        {rules.directed ? NodePairs::ordered(first, size) : NodePairs::unordered(first, size), rules.within});
    sets.push_back({NodePairs::rectangle(first, size, end, nodes - end), rules.between});
    if (rules.directed) sets.push_back({NodePairs::rectangle(first, size, 0, first), rules.between});
    first = end;
  }
  return independent(nodes, std::move(sets), rng);
}

}  // namespace pfm
