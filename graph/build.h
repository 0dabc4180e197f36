// From edge lists to graphs.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

struct BuildRules {
  bool undirected = true;  // every edge is stored in both directions
  enum class SelfLoops { keep, drop } self_loops = SelfLoops::drop;
  enum class Duplicates {
    first,
    sum
  } duplicates = Duplicates::first;  // weights of repeated edges: the first one or their sum
};

// Sorted, merged, symmetrised CSR of `nodes` nodes. `weights` [edges] or empty. An undirected edge given in both
// directions counts as a repetition. A node outside [0, nodes) or a weight that is not finite is a broken expectation.
// `origin`, if asked for, becomes [E]: the first given edge that each stored entry came from, so that attributes and
// types can be carried over.
Graph build_graph(NodeId nodes, std::span<const Edge> edges, std::span<const Real> weights = {}, BuildRules rules = {},
                  std::vector<Offset>* origin = nullptr);

}  // namespace pfm
