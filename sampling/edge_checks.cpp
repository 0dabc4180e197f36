#include <fmt/format.h>
#include <pfm/sampling/edge_checks.h>

#include <algorithm>
#include <cmath>

namespace pfm {

void check_edge_weights(const Sparse& edges, const std::string& who) {
  if (!std::ranges::all_of(edges.view().values, [](Real w) { return w >= 0 && std::isfinite(w); }))
    throw Error(Fault::input, who + " by weight: expected weights that are finite and not negative");
}

void check_edge_type(const Graph& graph, std::int32_t type, const std::string& who) {
  if (std::ranges::find(graph.edge_types(), type) == graph.edge_types().end())
    throw Error(Fault::input, fmt::format("{}: the graph has no edges of type {}", who, type));
}

}  // namespace pfm
