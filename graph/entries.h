// Some of a graph's entries, the others left out.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

// The stored entries `kept` (ascending); weights follow, and a graph's types and attributes.
Sparse with_entries(const Sparse& a, std::span<const Offset> kept);
Graph with_entries(const Graph& graph, std::span<const Offset> kept);

}  // namespace pfm
