// Softmax regression on frozen rows: what most protocols measure.
#pragma once
#include <pfm/nn/optimiser.h>
#include <pfm/selfsup/split.h>

namespace pfm {

struct Probe {
  int repeats = 1;  // independent initialisations; all are trained at once as one matrix product
  int steps = 100;  // full-batch Adam steps
  double lr = 0.01;
  double weight_decay = 0;  // added to the gradient
};

// Rows as a probe reads them. A few classifiers on many rows are quick when the long side lies along memory, so dense
// rows are kept in both orders and scores are [classifiers, rows]. Sparse rows stay sparse unless an eighth is full.
class ProbeRows {
 public:
  explicit ProbeRows(const Features& x);
  Offset rows() const { return x_.rows(); }
  Offset cols() const { return x_.cols(); }
  Matrix scores(const Matrix& weights) const;     // weights x^T: [p, d] -> [p, n]
  Matrix gradient(const Matrix& by_score) const;  // by_score x: [p, n] -> [p, d]

 private:
  Features x_, transposed_;  // [n, d], [d, n]
};

// The steps of one training, `repeats` classifiers one below the other.
class ProbeTraining {
 public:
  // classes [n] in [0, class_count), start [repeats class_count, d]; biases start at zero
  ProbeTraining(const Features& x, std::span<const std::int32_t> classes, int class_count, Matrix start,
                const Probe& probe);
  void step();
  const Matrix& weights() const { return weights_.value(); }  // [repeats class_count, d]
  const Matrix& bias() const { return bias_.value(); }        // [repeats class_count, 1]

 private:
  ProbeRows rows_;
  std::vector<std::int32_t> classes_;
  int class_count_;
  double lr_;
  Params params_;
  Var weights_, bias_;
  Optimiser optimiser_;
  std::int64_t done_ = 0;
};

// Scores of one classifier, softmax not yet taken.  [classes, n]
struct ClassScores {
  const Real* scores;
  int classes;
  Offset n;
  Real operator()(int c, Offset j) const { return scores[c * n + j]; }
  std::vector<std::int32_t> decided() const;  // [n] the class of the highest score, the first of equals
};

// Percent; the classes [n] of what was scored stand beside.
using ProbeMetric = double (*)(const ClassScores& scores, std::span<const std::int32_t> classes);
double accuracy(const ClassScores& scores, std::span<const std::int32_t> classes);

// Of the test part, one number per repeat.
struct ProbeScore {
  std::vector<double> last;           // after the last step
  std::vector<double> at_validation;  // at the first step where the validation part has this metric's best value; empty
                                      // without a validation part
};

// Weights [d, classes] start Glorot-uniform, biases at zero; a score for each of `metrics`. x [N, d], classes [N].
std::vector<ProbeScore> softmax_probe(const Features& x, std::span<const std::int32_t> classes, const Split& split,
                                      const Probe& probe, std::span<const ProbeMetric> metrics, Rng rng);
// The same of the accuracy alone.
ProbeScore softmax_probe(const Features& x, std::span<const std::int32_t> classes, const Split& split,
                         const Probe& probe, Rng rng);

}  // namespace pfm
