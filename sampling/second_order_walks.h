// Walks whose steps depend on where they come from: node2vec (Grover and Leskovec 2016) and non-backtracking ones.
#pragma once
#include <pfm/sampling/edge_filter.h>
#include <pfm/sampling/step_edges.h>

namespace pfm {

// Coming from t, the chance of an edge u -> v is its weight times `back` for v = t, 1 where t -> v is an edge, `far`
// elsewhere.
struct SecondOrder {
  double back = 1;  // 1 / p; 0: only where there is no other edge
  double far = 1;   // 1 / q
};

// By rejection, without a table of pairs (Yang et al. 2019, KnightKing, section 4): the factors are cut into layers,
// one of which is drawn by its size.
//   sure: the smaller of 1 and far. Any edge of u is taken, but t where `back` is less.
//   ask: what is above, of those that have it: an edge t -> v where far < 1, none where far > 1. Where it is an edge,
//     the candidate comes from the shorter of the two rows and is looked up in the other.
//   back: what t has above all that. Weights: within the bound of the others instead, as rows of t say nothing of them.
class SecondOrderWalks {
 public:
  SecondOrderWalks(StepEdges edges, SecondOrder factors, Offset length, double restart);
  // As Walker::walk.
  void walk(std::span<const NodeId> starts, Offset first, const Rng& rng, std::span<NodeId> walks) const;

 private:
  struct Flight;
  struct Line;
  struct Lines;
  struct Chunk;

  void chunk(const Chunk& walks) const;
  bool take_off(Flight& f, Offset& next_walk, const Chunk& c) const;
  void draw(std::span<Flight> flights, const Chunk& c, Lines& lines) const;
  void look(Flight& f, const Words& words, Lines& lines) const;
  void look_by_weight(Flight& f, const Words& words, const Rng& rng, Lines& lines) const;
  void take_sure(Flight& f, const Chunk& c) const;
  void take_back(Flight& f, const Chunk& c) const;
  void take_asked(const Line& asking, const Chunk& c) const;
  void refuse(Flight& f, const Chunk& c) const;
  void advance(Flight& f) const;
  void jump(Flight& f) const;
  bool has_edge(NodeId u, NodeId v) const;
  double factor(NodeId t, NodeId v) const;
  NodeId by_enumeration(NodeId t, NodeId u, double uniform) const;

  StepEdges edges_;
  SecondOrder factors_;
  Offset length_;
  std::uint64_t restart_;  // of 2^32
  bool symmetric_;
  double sure_, ask_, back_;                  // up to where these layers reach; the height of the last
  std::shared_ptr<const EdgeFilter> filter_;  // null: nothing to ask
};

}  // namespace pfm
