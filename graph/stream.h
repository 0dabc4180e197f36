// Edges on their way to a graph, in any number and from any thread, in little more memory than the result needs.
#pragma once
#include <pfm/graph/build.h>

#include <memory>

namespace pfm {

// Edges are kept by ranges of their sources (8 bytes per stored entry, 16 where order, weights or origins matter) and
// sorted range by range at the end, each range's memory given back as its part of the result grows. At the peak that
// is twice the bytes of the finished adjacency.
class GraphStream {
 public:
  enum class Keep {
    ends,     // nothing but the two ends: the order of arrival does not matter
    ordered,  // the number of each edge and its weight too
  };
  // `nodes`: how many there will be, 0 = not known yet.
  GraphStream(BuildRules rules, Keep keep, NodeId nodes = 0);
  ~GraphStream();
  GraphStream(const GraphStream&) = delete;
  GraphStream& operator=(const GraphStream&) = delete;

  // Appends edges; several threads may at once. Keep::ordered: `first` is the number of edges[0], below 2^34, all
  // numbers are different and the result depends on them, not on the order of calls; weights [edges] or empty (1 each).
  // Negative nodes and weights that are not finite are broken expectations.
  void add(std::span<const Edge> edges, Offset first = 0, std::span<const Real> weights = {});

  // The graph of `nodes` nodes, once. `renumbered`: empty, or for every node that may occur its number in the result,
  // ascending; then `nodes` counts those. A node that is not below `nodes` (before renumbering: not in `renumbered`) is
  // a broken expectation. `weighted` (Keep::ordered) keeps weights; `origin` becomes [E]: the number of the first edge
  // that each stored entry came from.
  Graph finish(NodeId nodes, std::span<const NodeId> renumbered = {}, bool weighted = false,
               std::vector<Offset>* origin = nullptr);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pfm
