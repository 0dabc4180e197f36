// L2-regularised logistic regression, one problem per class, solved to its optimum.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/kernels/random.h>

namespace pfm {

// Class c's decision of a row x is x . weights[:, c] + intercepts[c]; the class of the largest one is predicted.
struct LinearClassifier {
  Matrix weights;     // [d, classes]
  Matrix intercepts;  // [1, classes]

  Matrix decisions(const Features& x) const;  // [n, d] -> [n, classes]
};

// For every class the minimum of 1/2 (|w|^2 + b^2) + cost sum_i log(1 + e^(-y_i (w . x_i + b))), y_i = +-1: the problem
// that liblinear's solvers 0 and 7 are given with a bias (Fan et al. 2008). Found to a gradient of `tolerance` times
// the one at zero.  x [n, d], labels [n] in [0, classes)
LinearClassifier one_vs_rest(const Features& x, std::span<const std::int32_t> labels, int classes, double cost,
                             double tolerance = 1e-9);

// The cost among `costs` (ascending) of best mean accuracy over `folds` random folds of near-equal size, the smallest
// at a tie.
double cross_validated_cost(const Features& x, std::span<const std::int32_t> labels, int classes,
                            std::span<const double> costs, int folds, Rng rng);

}  // namespace pfm
