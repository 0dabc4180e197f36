// The graph: immutable, shared by copies.
#pragma once
#include <pfm/kernels/sparse.h>

namespace pfm {

struct Edge {
  NodeId source, target;
  friend auto operator<=>(const Edge&, const Edge&) = default;
};

// How messages are scaled along edges u -> v, d = weighted in-degree:
enum class Norm {
  none,       // w
  row,        // w / d(v)
  symmetric,  // w / sqrt(d(u) d(v))          degree 0 gives 0, never inf
};
// Self-loops that a layer needs beside the graph's own:
enum class Loops {
  as_given,
  remaining,  // nodes without a loop get one of weight `loop` (GCN, SGC, APPNP)
  replaced,   // loops are removed, then every node gets one of weight `loop` (GAT)
};
struct Propagation {
  Norm norm = Norm::symmetric;
  Loops loops = Loops::remaining;
  Real loop = 1;
  bool weighted = true;  // false: edge weights count as 1
  friend auto operator<=>(const Propagation&, const Propagation&) = default;
};

// Where messages flow, for layers that weigh them themselves: what each target receives, with the loops it needs.
struct Messages {
  Sparse along;              // [N, N]: row = target, columns = sources, M entries without values
  std::vector<Offset> edge;  // [M] the adjacency's entry that each one is, or -1: an added loop
};

// N nodes, E stored entries (an undirected edge is two). Row u of the adjacency holds the targets of u. Unweighted = no
// values; homogeneous = no edge types. Copies share; transpose and normalised forms are built once, on demand, and
// kept.
class Graph {
 public:
  Graph();  // no nodes
  static Graph without_edges(NodeId nodes);
  // edge_attributes [E, k] or empty, edge_types [E] or empty, both in the order of the adjacency's entries.
  explicit Graph(Sparse adjacency, Matrix edge_attributes = {}, std::vector<std::int32_t> edge_types = {});
  // The same, given the other way round: row v of `incoming` holds the sources of v. The adjacency is then what is
  // built on demand.
  static Graph from_incoming(Sparse incoming, Matrix edge_attributes = {}, std::vector<std::int32_t> edge_types = {});

  // For a layer of a sampled neighbourhood: what flows into the first `targets` nodes, all of it from the first
  // `sources`. incoming(), propagation() and messages() are [targets, sources], cut from this graph's and so scaled as
  // there; nodes() is `sources`; adjacency, edges, their attributes and types stay this graph's.
  Graph corner(NodeId targets, NodeId sources) const;

  // For a layer over nodes that others stand for (graph/alike.h): what flows into each target from the sources, one of
  // which, own[target], is the target itself in the layer before. incoming() is [targets, sources], a source may stand
  // in a row several times; nodes() is `sources`; adjacency and propagation there are none.
  static Graph merged(Sparse incoming, std::vector<NodeId> own);
  std::span<const NodeId> own() const;  // [targets] of a merged graph; else empty: a target is the source of its number

  NodeId nodes() const;
  Offset edges() const;                                   // stored entries
  const Sparse& adjacency() const;                        // [N, N]: row = source
  const Sparse& incoming() const;                         // [N, N]: row = target; adjacency().transpose()
  const Sparse& propagation(Propagation how = {}) const;  // [N, N]: row = target, normalised
  const Messages& messages(Loops loops = Loops::as_given) const;
  const Matrix& edge_attributes() const;  // [E, k]
  std::span<const std::int32_t> edge_types() const;
  bool undirected() const;
  Offset self_loops() const;
  // Every undirected pair once, source < target, ascending, no loops; of a directed graph too.
  std::vector<Edge> pairs() const;
  Offset pair_count() const;  // how many those are, without making them

 private:
  struct Shared;
  explicit Graph(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  Graph(Sparse stored, bool by_target, Matrix edge_attributes, std::vector<std::int32_t> edge_types);
  std::shared_ptr<Shared> shared_;
};

}  // namespace pfm
