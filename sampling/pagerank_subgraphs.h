// The nodes that matter most to each node by personalised PageRank, and the subgraphs of these: Graph-Bert (Zhang et
// al. 2020, arXiv:2001.05140), SUBG-CON (Jiao et al. 2020, arXiv:2009.10273).
#pragma once
#include <pfm/sampling/subgraphs.h>

namespace pfm {

// pi_u(v): the chance that a walk from u, which ends with chance alpha before each step, ends at v; edges count alike
// whatever their weights.
struct PagerankRules {
  enum class Score {
    ends,      // pi_u(v), row u of alpha (I - (1 - alpha) D^-1 A)^-1
    intimacy,  // pi_u(v) sqrt(deg(u) / deg(v)), row u of alpha (I - (1 - alpha) D^-1/2 A D^-1/2)^-1, symmetric, as
               // Graph-Bert's program: hubs weigh less. Undirected graphs only
  };
  Offset count = 20;  // nodes beside the source
  double alpha = 0.15;
  double epsilon = 1e-5;  // see ranked_by_pagerank()
  Score score = Score::ends;
};

// A list of at most `width` nodes for each of n sources.
struct RankedNodes {
  Offset width = 0;
  std::vector<NodeId> nodes = {};  // [n x width] best first, equal ones by number; -1 where there are no more
  std::vector<Real> scores = {};   // [n x width] theirs, or 0
  std::span<const NodeId> of(std::size_t i) const {
    return std::span(nodes).subspan(i * std::size_t(width), std::size_t(width));
  }
  RankedNodes rows(std::span<const NodeId> ids) const;  // list i of the result is list ids[i]
};

// The `count` nodes of highest score around each source, itself left out. Scores are approximated from below by pushing
// (graph/personalised_pagerank.h): on an undirected graph the true score of v exceeds the given one, or 0, by at most
// epsilon deg(v) (`ends`) or epsilon sqrt(deg(source) deg(v)) (`intimacy`). So nodes whose true scores are further
// apart than that are never in the wrong order, and no listed node has a true score lower by more than that than one
// left out. On a directed graph nothing bounds single scores. Sources in parallel, time independent of the graph's
// size. Error(Fault::usage): count < 1, alpha outside (0, 1], epsilon not positive; Error(Fault::input): intimacy in a
// directed graph.
RankedNodes ranked_by_pagerank(const Graph& graph, std::span<const NodeId> sources, const PagerankRules& rules);

// A segment per seed (sampling/subgraphs.h): the seed, then list i of seeds[i], best first.
Batch ranked_subgraphs(const Subgraphs& graphs, std::span<const NodeId> seeds, const RankedNodes& lists);

}  // namespace pfm
