// Walks from every node, as walk embeddings train on them.
#pragma once
#include <pfm/sampling/walks.h>

namespace pfm {

// Passes over the same starts, each in its own random order (Perozzi et al. 2014, algorithm 1).
class WalkCorpus {
 public:
  WalkCorpus(Walker walker, std::vector<NodeId> from, Rng rng);

  Offset walks_a_pass() const { return Offset(from_.size()); }
  Offset nodes_a_walk() const { return walker_.length() + 1; }
  std::vector<NodeId> starts(Offset pass) const;
  // Walks begin, begin + 1, .. of a pass from its starts, as many as there are rows in `walks`.
  void walk(Offset pass, std::span<const NodeId> starts, Offset begin, std::span<NodeId> walks) const;

 private:
  Walker walker_;
  std::vector<NodeId> from_;
  Rng rng_;
};

// `count` nodes where a long walk would be found: drawn in proportion to the sum of their edges' weights (of a directed
// graph that is only near its stationary law). A graph without edges: Error(Fault::input).
std::vector<NodeId> stationary_starts(const Graph& graph, Offset count, bool weighted, Rng rng);

}  // namespace pfm
