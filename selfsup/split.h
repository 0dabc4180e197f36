// Parts of a data set: which nodes or pairs are learned from and which are scored.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/kernels/random.h>

namespace pfm {

struct Split {
  std::vector<NodeId> train, validation, test;
};

// The splits "train", "validation" and "test" of the data set. Error(input) when one is missing or empty or names a
// node without a class.
Split given_split(const Dataset& data);

// A uniform partition of the nodes that have a class; training and validation get their percentage, rounded down, the
// test part the rest. Error(input) when training or test would be empty.
Split random_split(const Dataset& data, int train_percent, int validation_percent, Rng rng);

// Undirected pairs without loops, 10 % for testing and 5 % for validation (rounded down, at least one each), and as
// many pairs that are no edges, drawn without replacement.
struct HeldOut {
  std::vector<Edge> validation, test, validation_non_edges, test_non_edges;
};
HeldOut hold_out_edges(const Dataset& data, Rng rng);

// The graph without the given pairs, in both directions; weights, types and attributes of the others stay.
Graph without_pairs(const Graph& graph, std::span<const Edge> pairs);

}  // namespace pfm
