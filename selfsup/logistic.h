// L2-regularised linear classification, one problem per label, solved to its optimum.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/kernels/random.h>

namespace pfm {

// Label l's decision of a row x is x . weights[:, l] + intercepts[l], the log-odds of x having it. Where a row has one
// class, that of the largest decision is predicted.
struct LinearClassifier {
  Matrix weights;     // [d, L]
  Matrix intercepts;  // [1, L]

  Matrix decisions(const Features& x) const;  // [n, d] -> [n, L]
};

enum class RowLoss {
  logistic,       // log(1 + e^-m) of the margin m: logistic regression
  squared_hinge,  // max(0, 1 - m)^2: linear support vectors, as liblinear's solvers 1 and 2 have them
};

// For every label the minimum of 1/2 (|w|^2 + b^2) + cost sum_i loss(y_i (w . x_i + b)), y_i = +-1: with the logistic
// loss the problem that liblinear's solvers 0 and 7 are given with a bias (Fan et al. 2008). Found to a gradient of
// `tolerance` times the one at zero.  x [n, d], labels [n, L]
LinearClassifier one_vs_rest(const Features& x, const Sparse& labels, double cost, double tolerance = 1e-9,
                             RowLoss loss = RowLoss::logistic);

// The cost among `costs` (ascending) of best mean accuracy over `folds` random folds of near-equal size, the smallest
// at a tie.  x [n, d], labels [n] in [0, classes)
double cross_validated_cost(const Features& x, std::span<const std::int32_t> labels, int classes,
                            std::span<const double> costs, int folds, Rng rng, RowLoss loss = RowLoss::logistic);

}  // namespace pfm
