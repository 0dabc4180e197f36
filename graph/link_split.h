// Edges held out for link prediction, so that training never meets them.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/kernels/random.h>

namespace pfm {

// Undirected pairs without loops, 10 % for testing and 5 % for validation (rounded down, at least one each), and as
// many pairs that are no edges, drawn without replacement (Kipf & Welling 2016, arXiv:1611.07308). Error(input) where
// the graph has fewer than 3 edges or not so many pairs without one.
struct HeldOut {
  std::vector<Edge> validation, test, validation_non_edges, test_non_edges;
};
HeldOut hold_out_edges(const Dataset& data, Rng rng);

// The graph without the given pairs, in both directions; weights, types and attributes of the others stay.
Graph without_pairs(const Graph& graph, std::span<const Edge> pairs);

}  // namespace pfm
