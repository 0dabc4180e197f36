// Generators whose edge i is a function of i alone.
#pragma once
#include <pfm/graph/generators.h>

#include <algorithm>
#include <utility>

namespace pfm {

constexpr Offset edges_per_block = 1 << 16;

// `count` edges, the i-th one edge(i).
template <class EdgeOf>
EdgeBlocks numbered(NodeId nodes, Offset count, EdgeOf edge) {
  return {nodes, (count + edges_per_block - 1) / edges_per_block,
          [count, edge = std::move(edge)](Offset block, std::vector<Edge>& edges) {
            const Offset end = std::min(count, (block + 1) * edges_per_block);
            for (Offset i = block * edges_per_block; i < end; ++i) edges.push_back(edge(i));
          }};
}

}  // namespace pfm
