// Edges on their way to a graph, in any number and from any thread, in little more memory than the result needs.
#pragma once
#include <pfm/graph/build.h>
#include <pfm/graph/ranks.h>

#include <memory>

namespace pfm {

// Edges are kept by ranges of their sources (4 bytes per stored entry up to 2^21 nodes, 5 up to 2^25, then 8; 16 where
// order, weights or origins matter) and sorted range by range at the end, each range's memory given back as its part of
// the result grows.
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

  // The graph of `nodes` nodes, once. A node that is not below `nodes` is a broken expectation. `weighted`
  // (Keep::ordered) keeps weights; `origin` (likewise) becomes [E]: the number of the first edge that each stored entry
  // came from.
  Graph finish(NodeId nodes, bool weighted = false, std::vector<Offset>* origin = nullptr);

  // The same, nodes renumbered by their rank; one without is a broken expectation.
  Graph finish(const Ranks& ranks, bool weighted = false);

  // Bytes for so many stored entries (an undirected edge is two) over nodes 0 .. highest, at the peaks of its three
  // times; `crowded` of them are in the range of 2^crowd_bits sources that has most.
  struct Bytes {
    std::size_t waiting, sorting, finished;
  };
  static constexpr int crowd_bits = 11;
  static Bytes peak_bytes(Offset entries, NodeId highest, Offset crowded, Keep keep, int threads);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pfm
