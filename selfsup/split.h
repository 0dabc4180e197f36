// Parts of a data set: which nodes are learned from and which are scored. Of edges: graph/link_split.h.
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

}  // namespace pfm
