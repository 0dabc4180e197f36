// Sets of pairs of nodes whose members are numbered, so that they can be drawn without a list of them.
#pragma once
#include <pfm/graph/generators.h>

namespace pfm {

class NodePairs {
 public:
  // first <= source < target < first + size
  static NodePairs unordered(NodeId first, NodeId size);
  // source != target, both in [first, first + size)
  static NodePairs ordered(NodeId first, NodeId size);
  // source in [row, row + height), target in [column, column + width)
  static NodePairs rectangle(NodeId row, NodeId height, NodeId column, NodeId width);

  Offset count() const;
  Edge operator[](Offset i) const;  // i in [0, count())

 private:
  enum class Shape { unordered, ordered, rectangle };
  NodePairs(Shape shape, NodeId row, NodeId height, NodeId column, NodeId width)
      : shape_(shape), row_(row), height_(height), column_(column), width_(width) {}
  Shape shape_;
  NodeId row_, height_, column_, width_;
};

struct LikelyPairs {
  NodePairs pairs;
  double p;  // of each, independently
};

// The pairs that come true, set by set. Time and memory go with the edges, not with the pairs: the gap to the next edge
// is geometric, floor(log(1 - u) / log(1 - p)) (Batagelj, Brandes 2005, algorithm 1). A block begins anew at a fixed
// pair, which changes nothing, for gaps have no memory.
EdgeBlocks independent(NodeId nodes, std::vector<LikelyPairs> sets, Rng rng);

}  // namespace pfm
