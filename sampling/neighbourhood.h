// Sampled neighbourhoods: what a few rows of an encoder need (GraphSAGE, Hamilton et al. 2017, algorithm 2).
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/kernels/random.h>

#include <map>

namespace pfm {

// Messages flow along edges u -> v, so a node chooses among the edges into it.
struct NeighbourRules {
  enum class Draw {
    different,  // without replacement: all edges where there are no more than the fan-out
    repeated,   // with replacement: an edge may come several times
    labor,      // LABOR-0 (sampling/labor.h): nodes of a hop choose the same sources; the fan-out is an expectation
  };
  std::vector<Offset> fanouts = {};  // edges chosen into a node, a number per hop, that of the seeds first
  std::map<std::int32_t, std::vector<Offset>> of_type = {};  // or so for each edge type; others are not taken
  Draw draw = Draw::different;
  bool weighted = false;  // where the graph has weights: in proportion to them (sampling/edge_choice.h says which law)
};

// Error(Fault::usage): no fan-outs, one below 1, not the same number of hops for all types, fanouts beside of_type,
// LABOR by weight; Error(Fault::input): weights that decide are negative or not finite, an edge type that the graph
// has not.
void check_rules(const Graph& graph, const NeighbourRules& rules);

// A data set's rows prepared for sampling; 8 bytes a node for each thread that samples, and 8 an entry where weights
// decide. Copies share.
class NeighbourSampler {
 public:
  // Error as check_rules().
  NeighbourSampler(Batch all, NeighbourRules rules);

  Offset hops() const;

  // The seeds (different nodes), then hop by hop the nodes that were met for the first time, in the order they were
  // met: rows [0, hops[l]) are within l hops. A node chooses once, in the hop after the one it was met in; the last
  // ones do not choose. So the entries of incoming() in rows [0, hops[l]) have columns below hops[l + 1], and a layer
  // that still has l hops to go needs no more than that corner. Edges keep types and attributes, and weights unless
  // these decided the draw: then every edge counts 1, so that a mean over chosen edges stands for the weighted mean.
  // ids are those of `all`, or else nodes. A function of the seeds and `rng` alone; several threads may sample at once.
  Batch sample(std::span<const NodeId> seeds, const Rng& rng) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace pfm
