// Negatives: nodes and pairs that stand for what is not linked.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/kernels/alias.h>
#include <pfm/kernels/arenas.h>
#include <pfm/kernels/random.h>

#include <vector>

namespace pfm {

struct NegativeRules {
  double power =
      0;  // a node is drawn in proportion to in-degree^power: 0 uniform, 0.75 as word2vec (Mikolov et al. 2013)
  bool edges = false;  // targets of the source's edges, and the source itself, may be drawn too
  Offset hops = 0;     // only what is within so many hops of the source, along the stored direction (hard negatives);
                       // a source that has nothing there draws as with 0, which is anywhere
};

// Draws targets for sources, with replacement. Copies share the graph; 12 bytes a node where power is not 0, 8 for each
// thread that draws by hops.
class NegativeSampler {
 public:
  // Error(Fault::usage): power negative or not finite, hops negative; Error(Fault::input): no node can be drawn.
  NegativeSampler(Graph graph, NegativeRules rules);

  // targets [n x count]: `count` for each source, which is number first, first + 1, .. of the stream. By trial, after
  // 64 trials from the list of all that may be drawn; by hops from the list of what is there, which takes a search of
  // these hops for each source. Error(Fault::input): a source that has edges to all of these.
  void draw(std::span<const NodeId> sources, Offset count, Offset first, const Rng& rng,
            std::span<NodeId> targets) const;
  // [N] How many targets each source has, hops aside.
  std::vector<Offset> target_counts() const;

 private:
  struct Numbers;  // the streams of a draw
  struct Near;
  NodeId anywhere(NodeId source, std::uint64_t number, const Numbers& numbers) const;
  void draw_near(NodeId source, std::uint64_t number, const Numbers& numbers, Near& near,
                 std::span<NodeId> targets) const;
  bool allowed(NodeId source, NodeId target) const;
  NodeId trial(const Rng& rng, std::uint64_t i) const;
  NodeId from_list(NodeId source, double uniform) const;

  Graph graph_;
  NegativeRules rules_;
  std::vector<Real> chances_;      // [N] not normalised
  std::vector<AliasPlace> table_;  // [N] or empty: uniform
  std::shared_ptr<Arenas<Near>> near_;
};

// `count` different pairs source < target without an edge in either direction, uniformly, without replacement.
// Error(Fault::usage): there are fewer.
std::vector<Edge> negative_pairs(const Graph& graph, Offset count, Rng rng);

}  // namespace pfm
