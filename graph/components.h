// Connected components.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

struct Components {
  NodeId count = 0;
  std::vector<NodeId> of;  // [N] the component of each node, numbered by their first nodes
};
Components components(const Graph& graph);  // edges count in both directions

}  // namespace pfm
