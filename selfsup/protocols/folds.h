// What protocols share that test ten parts of the items in turn.
#pragma once
#include <pfm/selfsup/protocols/nodes.h>

namespace pfm {

constexpr int ten_folds = 10;

// The data set without labels, splits and folds: none of them may be learned from. Error(input) where ten folds cannot
// be had, now rather than after training.
Dataset view_of_folds(const Dataset& data, Rng rng);

// For each fold as the test part: the next one as the validation part, the others to learn from.
std::vector<Split> turns_of_folds(const Dataset& data, Rng rng);

// The classes that items `train`, whose classes are known, give the items `test`; several folds are asked at once.
using FoldClassifier = std::function<std::vector<std::int32_t>(std::span<const NodeId> train,
                                                               std::span<const NodeId> test, const Rng& rng)>;

// Mean over the folds of the percent that is right.
Scores mean_of_folds(const Dataset& data, const Rng& rng, const FoldClassifier& classify);

}  // namespace pfm
