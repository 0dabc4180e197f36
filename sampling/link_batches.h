// Mini-batches of links: some pairs, others that are none, and the sampled neighbourhood of all their ends.
#pragma once
#include <pfm/sampling/negatives.h>
#include <pfm/sampling/neighbourhood.h>

namespace pfm {

// The neighbourhood of all nodes that are named: hidden_edges are the rows of `pairs`, hidden_nodes those of `others`.
// Seeds are the different ones, ascending.
Batch sample_around(const NeighbourSampler& neighbours, std::span<const Edge> pairs, std::span<const NodeId> others,
                    const Rng& rng);

struct LinkRules {
  Offset negatives = 1;  // for each pair
  bool any_source =
      false;               // else they keep a pair's source, or one of its ends at random where the graph is undirected
  NegativeRules law = {};  // of their targets; any_source: sources in proportion to the targets they have, so that with
                           // power 0 all pairs without an edge are the same likely
};

class LinkSampler {
 public:
  // `graph` says what is an edge, which may be more than messages flow along. Error as NegativeSampler's;
  // Error(Fault::usage): negatives below 0, any_source by hops; Error(Fault::input): any_source where all pairs are
  // edges.
  LinkSampler(NeighbourSampler neighbours, Graph graph, LinkRules rules);

  // hidden_edges: rows of the given pairs, then of the negatives, those of pair i together from place
  // pairs.size() + i * negatives on: a label is 1 in the first part, 0 behind. A function of the pairs and `rng` alone;
  // several threads may sample at once:
  //   in_random_order(graph.pairs(), size, [=](std::span<const Edge> pairs, const Rng& rng) {
  //     return links.sample(pairs, rng); })
  Batch sample(std::span<const Edge> pairs, const Rng& rng) const;

 private:
  std::vector<NodeId> sources(std::span<const Edge> pairs, const Rng& rng) const;
  std::vector<Edge> negatives(std::span<const Edge> pairs, const Rng& rng) const;

  NeighbourSampler neighbours_;
  NegativeSampler targets_;
  Offset count_;
  bool undirected_;
  std::vector<AliasPlace> any_source_;  // [N] or empty
};

}  // namespace pfm
