// Parts of a data set: which nodes are learned from and which are scored. Of edges: graph/link_split.h.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/kernels/random.h>

namespace pfm {

struct Split {
  std::vector<NodeId> train, validation, test;
};

// The splits "train", "validation" and "test" of the data set, each followed by `which` ("_20"). Error(input) when one
// is missing or empty or names a node without a class.
Split given_split(const Dataset& data, const std::string& which = "");

// The nodes that have a class, and those that have a label of a set; ascending.
std::vector<NodeId> with_class(const Dataset& data);
std::vector<NodeId> with_labels(const Sparse& label_sets);

// A uniform partition of `items`; training and validation get their percentage, rounded down, the test part the rest.
// Error(input), naming `data`, when training or test would be empty.
Split random_split(const std::string& data, std::span<const NodeId> items, int train_percent, int validation_percent,
                   Rng rng);

}  // namespace pfm
