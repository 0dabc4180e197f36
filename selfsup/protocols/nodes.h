// What protocols about the classes of nodes share.
#pragma once
#include <pfm/selfsup/protocol.h>
#include <pfm/selfsup/split.h>

namespace pfm {

inline const std::vector<std::string> node_controls{"raw", "a1", "a2", "a3", "random"};

// Error(input) unless items, nodes or samples, of at least two classes are there.
void need_classes(const Dataset& data);

// The data set with the classes of `visible` nodes alone, the others -1, and without label sets.
Dataset with_classes_of(const Dataset& data, std::span<const NodeId> visible);

// The classes of the given training part alone: what training may see of the public split.
Dataset public_view(const Dataset& data, Rng rng);

// The classes of the nodes `ids`.
std::vector<std::int32_t> classes_of(const Dataset& data, std::span<const NodeId> ids);

std::vector<std::int32_t> arg_max(const Matrix& scores);  // of each row: [n, classes] -> [n]

// Of each row as many labels of the highest scores as `truth` has, the smaller label at a tie.  [n, L] both
Sparse most_probable(const Matrix& scores, const Sparse& truth);

// What a method that classifies by itself says of the nodes `ids`.  class_scores [N, classes]
std::vector<std::int32_t> decided(const Matrix& class_scores, std::span<const NodeId> ids);

// Percent of the test nodes that a method's own class scores get right.
double own_accuracy(const Outcome& outcome, const Dataset& data, std::span<const NodeId> test);

// The same where nothing else is scored. Error(usage), naming `protocol`, for a method that leaves rows alone.
double class_score_accuracy(const std::string& protocol, const Outcome& outcome, const Dataset& data,
                            std::span<const NodeId> test);

// Unit rows, softmax regression as public-l2 fits it: accuracy at the last step and at the best validation step.
Scores l2_scores(const Outcome& outcome, const Dataset& data, const Split& split, Rng rng);

// Cross-entropy and accuracy of class scores on these nodes.
Validator validator_of(const Dataset& data, std::span<const NodeId> validation);

double mean(std::span<const double> values);

// A published setting that depends on the data set: the last row whose text occurs in the lower-case name counts.
struct ByDataSet {
  const char* data;
  double value;
};
double setting_of(std::span<const ByDataSet> rows, std::string name);

}  // namespace pfm
