// Nodes in parts of about equal size with few edges between them.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

// All give [N] the part of each node, in [0, parts). The graph is undirected; weights do not count.

// Linear deterministic greedy: nodes in their order go where most of their neighbours are, (1 - size / capacity) of
// each counting; of equal parts the emptiest, then the first (Stanton & Kliot 2012). The capacity of a part is
// slack N / parts, rounded up; slack >= 1. One pass over the edges, on one thread; memory in proportion to nodes.
std::vector<std::int32_t> partition_ldg(const Graph& graph, std::int32_t parts, double slack = 1.05);

// METIS's k-way scheme (Karypis & Kumar 1998): fewer cut edges, several times the graph's memory. Loops do not count.
// Parts differ from equal size by 3 % where METIS succeeds. `seed` chooses among its random ones. Error(input) above
// 2^31 - 1 entries, which Debian's METIS does not count to, and where METIS fails.
std::vector<std::int32_t> partition_metis(const Graph& graph, std::int32_t parts, std::int32_t seed = 0);

Offset cut_entries(const Graph& graph, std::span<const std::int32_t> part);  // stored entries between parts

}  // namespace pfm
