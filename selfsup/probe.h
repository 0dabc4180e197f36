// Softmax regression on frozen rows: what most protocols measure.
#pragma once
#include <pfm/selfsup/split.h>

namespace pfm {

struct Probe {
  int repeats = 1;  // independent initialisations; all are trained at once as one matrix product
  int steps = 100;  // full-batch Adam steps
  double lr = 0.01;
  double weight_decay = 0;  // added to the gradient
};

// Percent of right test predictions, one per repeat.
struct ProbeAccuracy {
  std::vector<double> last;           // after the last step
  std::vector<double> at_validation;  // at the first step of best validation accuracy; empty without a validation part
};

// Weights [d, classes] start Glorot-uniform, biases at zero. x [N, d], classes [N].
ProbeAccuracy softmax_probe(const Features& x, std::span<const std::int32_t> classes, const Split& split,
                            const Probe& probe, Rng rng);

}  // namespace pfm
