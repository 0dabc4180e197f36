// Support vector classification with the kernel e^(-gamma |x - y|^2), solved by libsvm (Chang & Lin 2011).
#pragma once
#include <pfm/kernels/matrix.h>

#include <memory>
#include <span>
#include <vector>

namespace pfm {

// What kernels between rows are made of, computed once for all folds by one matrix product: n x n numbers.
struct RowDistances {
  explicit RowDistances(const Matrix& rows);  // [n, d]
  Matrix squared;                             // [n, n], Euclidean
  std::vector<double> sums, squares;          // [n] of each row's d entries
  Offset columns;                             // d

  // 1 / (d variance of all entries of the rows `among`), scikit-learn's gamma "scale"; 1 where they are all equal.
  double scale_gamma(std::span<const NodeId> among) const;
};

// Machines that learn the rows `train` and are asked for the rows `test`, whatever the cost: the kernel is made once,
// 16 bytes for each pair of a training row and a row.
class SupportVectors {
 public:
  // classes [n], of training rows not negative; at least one training row.
  SupportVectors(const RowDistances& rows, std::span<const std::int32_t> classes, std::span<const NodeId> train,
                 std::span<const NodeId> test, double gamma);

  struct Answers {
    std::vector<std::int32_t> classes;  // [test]: each pair of classes has a vote, the smaller class wins a tie
    Matrix decisions;  // [test, pairs] for (0, 1), (0, 2), .. of the classes that occur; positive: the first one
  };
  // By the minimum of 1/2 |w|^2 + cost sum of hinge losses; its conditions may be violated by `tolerance`.
  Answers answers(double cost, double tolerance = 1e-3) const;

 private:
  struct Kernel;
  std::shared_ptr<const Kernel> kernel_;
};

// The cost of best mean accuracy over folds of `train`, the first of `costs` at a tie; each fold is tested by what the
// others learn, with their own scale_gamma().  classes [n]
double chosen_cost(const RowDistances& rows, std::span<const std::int32_t> classes, std::span<const NodeId> train,
                   const std::vector<std::vector<NodeId>>& folds, std::span<const double> costs,
                   double tolerance = 1e-3);

}  // namespace pfm
