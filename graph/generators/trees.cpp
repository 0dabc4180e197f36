#include <pfm/graph/generators/numbered.h>

#include <limits>

namespace pfm {

NodeId tree_nodes(NodeId branching, NodeId depth) {
  expect(branching >= 1 && depth >= 0, "tree_nodes: at least one branch, no negative depth");
  Offset nodes = 1, level = 1;
  if (branching == 1) nodes += depth, depth = 0;
  for (NodeId d = 0; d < depth && nodes < std::numeric_limits<NodeId>::max(); ++d) level *= branching, nodes += level;
  return nodes < std::numeric_limits<NodeId>::max() ? NodeId(nodes) : -1;
}

EdgeBlocks tree(NodeId branching, NodeId depth) {
  const NodeId nodes = tree_nodes(branching, depth);
  expect(nodes >= 0, "tree: a size that 32-bit ids can name");
  return numbered(nodes, nodes - 1, [=](Offset i) { return Edge{NodeId(i / branching), NodeId(i + 1)}; });
}

// Na, Rapoport: Distribution of nodes of a tree by degree (Math. Biosciences 6, 1970).
EdgeBlocks random_tree(NodeId nodes, Rng rng) {
  expect(nodes >= 0, "random_tree: a number of nodes");
  return numbered(nodes, std::max(0, nodes - 1), [=](Offset i) {
    return Edge{NodeId(rng.below(std::uint64_t(i), std::uint64_t(i) + 1)), NodeId(i + 1)};
  });
}

}  // namespace pfm
