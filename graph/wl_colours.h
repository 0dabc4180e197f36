// Weisfeiler-Lehman colours: which nodes look alike from nearby.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

struct WlColours {
  std::vector<std::vector<NodeId>> of;  // [rounds + 1] of [N]: colours after 0 .. rounds refinements
  std::vector<NodeId> counts;           // [rounds + 1] how many colours there are: numbers 0 .. counts - 1
};

// A refined colour stands for a colour and the multiset of colours that its neighbours have (Shervashidze et al. 2011);
// neighbours are the sources of what a node receives, edge types and weights do not count. Colours are numbered by that
// pair, smaller ones first, so that the numbers do not depend on the order of the nodes: the same nodes in another
// order get the same numbers. `labels` [N] are the colours to begin with, numbered by rank; empty = all alike. Near
// linear in the edges: a round sorts colours.
WlColours wl_colours(const Graph& graph, std::span<const std::int32_t> labels, int rounds);

// [G, sum of counts] How often each colour of each round occurs in each sample; columns of a round come after those of
// the rounds before. Rows times rows are the subtree kernel: H H^T. `segments` [G + 1] as in Batch; empty = one sample.
Sparse wl_histograms(const WlColours& colours, std::span<const Offset> segments);

}  // namespace pfm
