// What samplers ask of edges.
#pragma once
#include <pfm/graph/graph.h>

#include <string>

namespace pfm {

// Error(Fault::input), in the name of `who`, unless all weights are finite and not negative.
void check_edge_weights(const Sparse& edges, const std::string& who);
// The same unless there are edges of that type.
void check_edge_type(const Graph& graph, std::int32_t type, const std::string& who);

}  // namespace pfm
