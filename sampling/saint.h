// GraphSAINT (Zeng et al. 2020, arXiv:1907.04931): training on subgraphs that are drawn so that nodes which matter to
// each other come together, with weights that undo what the drawing favours.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/kernels/random.h>

#include <functional>

namespace pfm {

struct SaintRules {
  enum class Draw {
    nodes,  // `budget` nodes, by the squared length of their column in D^-1 A (section 3.4)
    edges,  // `budget` edges u - v, in proportion to 1 / deg(u) + 1 / deg(v)
    walks,  // `budget` roots, uniformly, and all nodes on a walk of `length` steps from each
  };
  Draw draw = Draw::walks;
  Offset budget = 1000;  // draws with replacement: what comes again adds nothing
  Offset length = 2;
};

class SaintSampler {
 public:
  // The graph is undirected; its weights do not count. Error(Fault::usage): budget or length < 1; Error(Fault::input):
  // a graph that is directed, has no nodes or, but for walks, no edges.
  SaintSampler(Batch all, const SaintRules& rules);

  // Different nodes, ascending: a function of `rng` alone; several threads may draw at once.
  std::vector<NodeId> nodes(const Rng& rng) const;
  Batch sample(const Rng& rng) const { return induced(all_, nodes(rng)); }
  const Batch& all() const { return all_; }

 private:
  Batch all_;
  std::function<std::vector<NodeId>(const Rng&)> draw_;
};

// How often `subgraphs` drawn ones held each node and each stored entry of the graph, as the weights of
// section 3.2-3.3.
struct SaintWeights {
  // [N] 1 / lambda = subgraphs / (N count_v): a sum over a subgraph's rows with these weights expects the mean over
  // all.
  std::vector<Real> loss;
  // [E] 1 / alpha = count_v / count_uv for the stored entry u -> v: with these weights a sum over v's neighbours in a
  // subgraph expects the sum over all of them.
  std::vector<Real> edges;
};
// A count of 0 is taken as 1.
SaintWeights saint_weights(const SaintSampler& sampler, Offset subgraphs, const Rng& rng);

}  // namespace pfm
