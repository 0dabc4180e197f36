// Pairs of nodes that are no edges.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/kernels/random.h>

namespace pfm {

// `count` different pairs, source < target, that are not in `edges`, uniformly and without replacement. `edges` are
// pairs of [0, nodes) as Graph::pairs() gives them: source < target, ascending, no repetition; at least `count` other
// pairs must exist. By trial, or, where others are rare, from the list of all of them, which then is not longer than
// 16/3 count + 1/3 edges.
std::vector<Edge> draw_non_edges(NodeId nodes, std::span<const Edge> edges, std::size_t count, Rng rng);

}  // namespace pfm
