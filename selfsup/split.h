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

// The given "train", "test" and, where there is one, "validation"; without the first two a random partition of the
// items that have a class: 10 % training, 10 % validation, 80 % test.
Split usual_split(const Dataset& data, Rng rng);

// The nodes that have a class, and those that have a label of a set; ascending.
std::vector<NodeId> with_class(const Dataset& data);
std::vector<NodeId> with_labels(const Sparse& label_sets);

// A uniform partition of `items`; training and validation get their percentage, rounded down, the test part the rest.
// Error(input), naming `data`, when training or test would be empty.
Split random_split(const std::string& data, std::span<const NodeId> items, int train_percent, int validation_percent,
                   Rng rng);

// Items to be tested in turn, each once, while all others of `items` are learned from. The items of a class, in random
// order, are dealt to the folds one by one, and the next class goes on where it ended: sizes and shares of a class
// differ by at most one.  classes [all items], of `items` not negative
std::vector<std::vector<NodeId>> stratified_folds(std::span<const NodeId> items, std::span<const std::int32_t> classes,
                                                  int folds, Rng rng);

// Those that the data set gives, if it gives that many, else stratified ones of its labelled items. Error(input) when
// there are fewer items than folds, or a given fold is empty or names an item without a class.
std::vector<std::vector<NodeId>> folds_of(const Dataset& data, int folds, Rng rng);

// Of `items` those that are not in `test`, in their order.
std::vector<NodeId> others(std::span<const NodeId> items, std::span<const NodeId> test);

}  // namespace pfm
