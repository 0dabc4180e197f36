// Losses of classifiers, fused with their softmax or sigmoid. Letters: n rows, k classes.
#pragma once
#include <pfm/nn/tape.h>

#include <span>

namespace pfm {

struct CrossEntropyOptions {
  std::vector<Real> class_weights = {};  // [k] or empty: all 1
  Real smoothing = 0;                    // share of the target spread evenly over all k classes
};

// Weighted mean of -log softmax(logits)[i, targets[i]] over the rows whose target is not negative (-1 = unlabelled),
// divided by the sum of their weights; 0 when there is none.  logits [n, k], targets [n] below k -> [1, 1]
Var cross_entropy(const Var& logits, std::span<const std::int32_t> targets, const CrossEntropyOptions& options = {});

// Mean over all entries of -(p y log sigmoid(x) + (1 - y) log(1 - sigmoid(x))), p the weight of positives.
// logits [n, k], targets [n, k] in [0, 1] -> [1, 1]. Gradients reach the targets too.
Var bce_with_logits(const Var& logits, const Var& targets, Real positive_weight = 1);

}  // namespace pfm
