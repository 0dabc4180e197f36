#include <pfm/graph/generators/numbered.h>

#include <limits>

namespace pfm {

EdgeBlocks ring(NodeId nodes) {
  expect(nodes >= 0, "ring: a number of nodes");
  return numbered(nodes, nodes, [=](Offset v) { return Edge{NodeId(v), NodeId((v + 1) % nodes)}; });
}

// All edges to the right, then all edges down.
EdgeBlocks grid(NodeId height, NodeId width, bool torus) {
  const Offset nodes = Offset(height) * width;
  expect(height >= 0 && width >= 0 && nodes < std::numeric_limits<NodeId>::max(),
         "grid: sizes that 32-bit ids can name");
  const Offset across = torus ? width : std::max(0, width - 1), down = torus ? height : std::max(0, height - 1);
  const Offset right = height * across;
  return numbered(NodeId(nodes), right + down * width, [=](Offset i) {
    if (i < right) {
      const Offset row = i / across, column = i % across;
      return Edge{NodeId(row * width + column), NodeId(row * width + (column + 1) % width)};
    }
    const Offset v = i - right;
    return Edge{NodeId(v), NodeId((v + width) % nodes)};
  });
}

}  // namespace pfm
