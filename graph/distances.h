// How many steps nodes are from given ones.
#pragma once
#include <pfm/graph/graph.h>

#include <limits>

namespace pfm {

// [N] Edges on a shortest path from the nearest of `sources`, along the stored direction; -1 where none leads there in
// at most `limit` steps. Breadth first, linear in the edges it meets, level by level on all threads.
std::vector<std::int32_t> distances(const Graph& graph, std::span<const NodeId> sources,
                                    std::int32_t limit = std::numeric_limits<std::int32_t>::max());

}  // namespace pfm
