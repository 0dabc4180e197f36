// A graph network trained on labelled nodes: alone the supervised baseline, with a second loss a joint method.
#pragma once
#include <pfm/encoders/gcn.h>
#include <pfm/nn/layers.h>
#include <pfm/selfsup/auxiliary_task.h>
#include <pfm/selfsup/method.h>

namespace pfm {

struct NodeClassifierDefaults {
  Training training;
  int hidden = 16;
  double dropout = 0.5;  // of what enters the encoder's layers
};

// Of Jin et al. 2020 (arXiv:2006.10141): 128 columns, dropout before the classifier alone, 200 steps of which the best
// on validation counts.
NodeClassifierDefaults joint_defaults();

// The classes of all nodes [N], -1 = not labelled; of several kinds of nodes the first is labelled. Error(input) unless
// nodes of at least two classes are; `who` is the method.
std::vector<std::int32_t> labelled_nodes(const char* who, const Dataset& data);

// Encoder ("encoder") and a graph convolution to the classes ("classifier"). Methods built on it have the same weights
// and dropout masks of the same seed, so that what a second loss adds is seen in pairs.
struct NodeClassifier {
  // Asks what training_options(), watch_from(), prepare_from() and encoder_from() ask, and "classifier_dropout" of what
  // enters the classifier. Errors: labelled_nodes().
  NodeClassifier(const char* who, const Dataset& data, const Options& options, NodeClassifierDefaults fallback);

  Var rows(const Batch& batch, const std::optional<Rng>& rng) const;  // the encoder's, after dropout: [N, width]
  Var logits(const Batch& batch, const Var& rows) const;              // [N, width] -> [N, classes]
  Var supervised(const Batch& batch, const Var& rows) const;          // cross-entropy of the labelled nodes
  Pretext pretext(std::function<Var(const Batch& batch, Rng rng)> loss) const;
  // supervised + weight `second` of the same rows; trained on `seen`, where given, instead of the batch itself, and
  // where given `measured` on its rows
  Pretext jointly(double weight, std::function<Var(const Var& rows, Rng rng)> second, std::optional<Batch> seen = {},
                  TaskScores measured = {}) const;

  Training training;
  std::function<Batch(const Batch& all)> prepare;
  Params params;
  Encoder encoder;
  Dropout drop;
  std::vector<std::int32_t> classes;  // [N], -1 = not labelled
  NodeId items;                       // the first so many nodes have class scores
  Gcn classifier;
};

}  // namespace pfm
