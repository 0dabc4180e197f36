// Subgraphs around seeds: some nodes near each, and all edges among them.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/graph/relabelling.h>
#include <pfm/kernels/random.h>

#include <functional>

namespace pfm {

// The different nodes of one subgraph, in the order they are added; the seed is there from the start.
class SubgraphNodes {
 public:
  SubgraphNodes(Relabelling& numbers, NodeId nodes, NodeId seed);

  void add(NodeId v) {
    if (numbers_.number(v, NodeId(nodes_.size())) == NodeId(nodes_.size())) nodes_.push_back(v);
  }
  // Of those from place `from` on only `count`, every set the same likely, in the order they had.
  void thin_out(std::size_t from, std::size_t count, const Rng& rng);

  std::size_t size() const { return nodes_.size(); }
  NodeId operator[](std::size_t i) const { return nodes_[i]; }
  std::span<const NodeId> from(std::size_t place) const { return std::span(nodes_).subspan(place); }

 private:
  Relabelling& numbers_;
  NodeId all_;
  std::vector<NodeId> nodes_;
};

// A data set's rows, of which subgraphs are taken; 8 bytes a node for each thread that takes some. Copies share.
class Subgraphs {
 public:
  explicit Subgraphs(Batch all);
  const Batch& all() const;

  // A segment per seed, in their order: the seed, then what collect(i, nodes) adds for seeds[i], several at once. All
  // edges inside a segment, with what they carry; none between segments. `samples` are the seeds: their ids of `all`,
  // as the rows' are, or else nodes. The same seed may come several times, each time for itself.
  Batch around(std::span<const NodeId> seeds,
               const std::function<void(std::size_t i, SubgraphNodes& nodes)>& collect) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pfm
