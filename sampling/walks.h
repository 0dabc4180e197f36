// Random walks, many in flight so that their cache misses overlap.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/kernels/random.h>

namespace pfm {

// What a step does, from node u reached from t:
//   uniform, or by edge weight where the graph has weights and `weighted`;
//   p, q != 1: node2vec (Grover and Leskovec 2016, section 3.2.2): the chance of v is its weight / p for v = t, x 1
//   where t -> v is an edge, / q elsewhere; the first step is of first order; restart: before each step, with that
//   chance, back to the start instead (the step then taken is the jump); backtrack = false: never along the edge just
//   come, unless there is no other; metapath: edge types in turn, again from the first after the last; a step takes
//   only edges of its type.
struct WalkRules {
  Offset length = 80;  // steps: a walk is length + 1 nodes
  double p = 1, q = 1;
  double restart = 0;
  bool backtrack = true;
  bool weighted = true;
  std::vector<std::int32_t> metapath = {};
};

// A graph prepared for walks of one kind; weighted ones take 12 bytes an entry beside it. Copies share.
class Walker {
 public:
  // Error(Fault::usage): p, q not positive and finite, restart outside [0, 1), length < 1, p or q or backtrack = false
  // together with a metapath or with each other; Error(Fault::input): negative or NaN weights, an edge type that the
  // graph has not.
  Walker(const Graph& graph, WalkRules rules);

  Offset length() const;

  // Walk i from starts[i] into walks[i * (length + 1) ..]; `first` is the number of walk 0, which with `rng` decides
  // every draw. A walk that cannot go on (no edge, or none of positive weight or of the type asked) ends: its rest is
  // -1; with `restart` it jumps to its start instead.
  void walk(std::span<const NodeId> starts, Offset first, Rng rng, std::span<NodeId> walks) const;

 private:
  struct State;
  std::shared_ptr<const State> state_;
};

}  // namespace pfm
