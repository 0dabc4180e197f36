// Edges held out for link prediction, so that training never meets them.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/kernels/random.h>

namespace pfm {

// Undirected pairs without loops, and as many pairs that are no edges, drawn without replacement.
struct HeldOut {
  std::vector<Edge> validation, test, validation_non_edges, test_non_edges;
};

// 10 % for testing and 5 % for validation, rounded down, at least one each (Kipf & Welling 2016, arXiv:1611.07308).
// Error(input) where the graph has fewer than 3 edges or not so many pairs without one.
HeldOut hold_out_edges(const Dataset& data, Rng rng);

// The same of the edges that, in random order, can be taken out one after another without cutting a component in two
// (Grover & Leskovec 2016, arXiv:1607.00653, section 4.4). Error(input) as above, and where too few can go.
HeldOut hold_out_connected(const Dataset& data, Rng rng);

// So half of the edges, rounded down, for testing, none for validation.
HeldOut hold_out_half(const Dataset& data, Rng rng);

// What a classifier of pairs learns from: the edges that are not held out, and as many other pairs that are neither
// edges nor held out, drawn without replacement. Error(input) where there are not so many.
struct LabelledPairs {
  std::vector<Edge> edges, non_edges;
};
LabelledPairs training_pairs(const Dataset& data, const HeldOut& held, Rng rng);

// The graph without the given pairs, in both directions; weights, types and attributes of the others stay.
Graph without_pairs(const Graph& graph, std::span<const Edge> pairs);
Graph without_held_out(const Graph& graph, const HeldOut& held);  // its tests and validation

}  // namespace pfm
