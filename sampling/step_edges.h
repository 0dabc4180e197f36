// What a step of a walk chooses from.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/kernels/alias.h>
#include <pfm/kernels/growing.h>
#include <pfm/kernels/random.h>

#include <memory>

namespace pfm {

// Each node's edges, one drawn uniformly or in proportion to its weight. Copies share.
class StepEdges {
 public:
  // `weighted` builds alias tables: 12 bytes an entry, which steps then read instead of the graph.
  StepEdges(Sparse edges, bool weighted);

  bool weighted() const { return places_ != nullptr; }
  const Sparse& edges() const { return edges_; }
  Offset begin(NodeId u) const { return offsets_[u]; }
  Offset degree(NodeId u) const { return offsets_[u + 1] - offsets_[u]; }
  NodeId target(Offset entry) const { return columns_[entry]; }
  void expect_node(NodeId u) const { __builtin_prefetch(offsets_ + u); }
  void expect_target(Offset entry) const { __builtin_prefetch(columns_ + entry); }

  // The two halves of a step: where to look, so that others may do something while it comes; -1 = no edges. `redraw`
  // gives other random words, for the few draws that would favour some edges (Lemire 2019).
  template <class Redraw>
  Offset look(NodeId u, std::uint32_t word, Redraw&& redraw) const {
    const std::uint64_t edges = std::uint64_t(degree(u));
    if (edges == 0) return -1;
    Offset place = drawn_below(word, edges);
    while (place < 0) [[unlikely]] place = drawn_below(redraw(), edges);
    const Offset entry = begin(u) + place;
    __builtin_prefetch(weighted() ? static_cast<const void*>(places_ + entry) : columns_ + entry);
    return entry;
  }
  // -1: no edge of positive weight.
  NodeId read(Offset entry, std::uint32_t word) const {
    return weighted() ? places_[entry].drawn(word) : columns_[entry];
  }

  // Whether u -> v is an edge, in two halves as well: where in the row of u it must be near, were numbers spread
  // evenly, then a search from there, so that what comes meanwhile is mostly what is needed (Perl, Itai, Avni 1978).
  Offset guess(NodeId u, NodeId v) const {
    const Offset near = begin(u) + Offset(std::uint64_t(degree(u)) * std::uint64_t(v) / std::uint64_t(nodes_));
    __builtin_prefetch(columns_ + near);
    return near;
  }
  bool has(NodeId u, NodeId v, Offset near) const;

 private:
  Sparse edges_;
  std::uint64_t nodes_;
  const Offset* offsets_;
  const NodeId* columns_;
  const AliasPlace* places_ = nullptr;
  std::shared_ptr<const Growing<AliasPlace>> table_;
};

}  // namespace pfm
