// Both functions work on rows phi [n, r] whose products are those of the rows [x, 1]: the rows themselves, or, where
// there are fewer rows than columns, the Cholesky factor of their n x n products, so that r is the smaller of both. All
// problems of one cost (labels x folds) are solved together by conjugate gradients (Polak & Ribiere) with the
// preconditioner I + cost * mean curvature * phi^T phi and an exact search along each direction. Costs go upwards and
// each starts from the one before.
#include <pfm/graph/dataset.h>
#include <pfm/kernels/eigen.h>
#include <pfm/kernels/exponential.h>
#include <pfm/kernels/gemm.h>
#include <pfm/selfsup/logistic.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

template <class S>
using Rows = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class S>
using Column = Eigen::Matrix<S, Eigen::Dynamic, 1>;

// [n, d + 1] with a last column of ones.
Rows<double> with_ones(const Features& x) {
  const Matrix dense = x.as_dense();
  Rows<double> rows(dense.rows(), dense.cols() + 1);
  rows.leftCols(dense.cols()) = eigen(dense).cast<double>();
  rows.rightCols(1).setOnes();
  return rows;
}

// Products of all rows [x, 1] with each other, [n, n]; sparse rows meet a scattered one.
Rows<double> products(const Features& x) {
  if (x.is_dense()) {
    const Rows<double> rows = with_ones(x);
    return rows * rows.transpose();
  }
  if (x.is_sparse() && 8 * x.density() > 1) return products(Features(x.as_dense()));
  const Sparse rows = x.as_sparse();
  Rows<double> all(rows.rows(), rows.rows());
  std::vector<double> scattered(std::size_t(rows.cols()), 0);
  const auto value = [&](Offset i, std::size_t e) { return rows.weighted() ? double(rows.values(i)[e]) : 1.0; };
  for (Offset i = 0; i < rows.rows(); ++i) {
    const auto own = rows.columns(i);
    for (std::size_t e = 0; e < own.size(); ++e) scattered[std::size_t(own[e])] = value(i, e);
    for (Offset j = 0; j <= i; ++j) {
      const auto columns = rows.columns(j);
      double sum = 1;
      for (std::size_t e = 0; e < columns.size(); ++e) sum += value(j, e) * scattered[std::size_t(columns[e])];
      all(i, j) = all(j, i) = sum;
    }
    for (const NodeId column : own) scattered[std::size_t(column)] = 0;
  }
  return all;
}

Rows<double> reduced(const Features& x) {
  if (x.rows() > x.cols()) return with_ones(x);
  Rows<double> all = products(x);
  const double least = 1e-11 * all.trace() / double(all.rows());  // rows may repeat: a hair above singular
  all.diagonal().array() += least;
  return Eigen::LLT<Rows<double>>(all).matrixL();
}

// P problems over the same n rows.
template <class S>
struct Problems {
  Rows<S> cost;    // [P, n], 0 where a row is held out
  Rows<S> target;  // [P, n], 1 for rows that have the label, else 0
};

template <class S>
struct Solution {
  Rows<S> w;       // [P, r]
  Rows<S> scores;  // [P, n] = w phi^T
};

// First and second derivative of a row's loss by its score; target 1 or 0.
struct Logistic {  // log(1 + e^(-y score))
  template <class S>
  static std::pair<S, S> derivatives(S score, S target) {
    const S p = logistic(score);
    return {p - target, p * (1 - p)};
  }
};
struct SquaredHinge {  // max(0, 1 - y score)^2
  template <class S>
  static std::pair<S, S> derivatives(S score, S target) {
    const S y = 2 * target - 1, missing = std::max<S>(0, 1 - y * score);
    return {-2 * y * missing, missing > 0 ? S(2) : S(0)};
  }
};

// d loss / d scores.
template <class Loss, class S>
Rows<S> residuals(const Problems<S>& problems, const Rows<S>& scores) {
  Rows<S> r(scores.rows(), scores.cols());
  for (Offset i = 0; i < r.size(); ++i)
    r.data()[i] = problems.cost.data()[i] * Loss::derivatives(scores.data()[i], problems.target.data()[i]).first;
  return r;
}

// The t that minimises the loss of one problem at scores + t along, with derivative `slope` at t = 0 and length^2 of
// the direction in w: Newton's method, kept between the ends known to be too short and too long.
template <class Loss, class S>
S search(const S* cost, const S* target, const S* scores, const S* along, Offset n, S slope_w, S length) {
  S t = 0, low = 0, high = 0;
  for (int step = 0; step < 6; ++step) {
    constexpr int lanes = 16;
    S slopes[lanes] = {}, bends[lanes] = {};
    const auto add = [&](Offset i, Offset lane) {
      const auto [slope, bend] = Loss::derivatives(scores[i] + t * along[i], target[i]);
      slopes[lane] += cost[i] * along[i] * slope;
      bends[lane] += cost[i] * along[i] * along[i] * bend;
    };
    Offset i = 0;
    for (; i + lanes <= n; i += lanes)
      for (Offset l = 0; l < lanes; ++l) add(i + l, l);
    for (; i < n; ++i) add(i, 0);
    S slope = slope_w + t * length, bend = length;
    for (int l = 0; l < lanes; ++l) slope += slopes[l], bend += bends[l];
    (slope > 0 ? high : low) = t;
    const S next = t - slope / bend;
    const bool inside = next > low && (high == 0 || next < high);
    const S chosen = inside ? next : high == 0 ? 2 * low + 1 : (low + high) / 2;
    if (std::abs(chosen - t) <= S(1e-3) * chosen) return chosen;
    t = chosen;
  }
  return t;
}

template <class S>
Column<S> row_dots(const Rows<S>& a, const Rows<S>& b) {
  return a.cwiseProduct(b).rowwise().sum();
}

// Mean second derivative over all scores: the curvature that the preconditioner assumes.
template <class Loss, class S>
S mean_curvature(const Problems<S>& problems, const Rows<S>& scores) {
  double sum = 0;
  for (Offset i = 0; i < scores.size(); ++i)
    sum += double(Loss::derivatives(scores.data()[i], problems.target.data()[i]).second);
  return S(sum / double(std::max<Offset>(1, scores.size())));
}

// Goes on from `at` to a gradient of `tolerance` times the one at zero, in every problem.
template <class Loss, class S>
void solve(const Rows<S>& phi, const Rows<S>& gram, const Problems<S>& problems, double tolerance, Solution<S>& at) {
  const Offset count = at.w.rows();
  const S curvature = problems.cost.maxCoeff() * mean_curvature<Loss>(problems, at.scores);
  const Eigen::LLT<Rows<S>> assumed(Rows<S>(curvature * gram + Rows<S>::Identity(gram.rows(), gram.cols())));
  const auto eased = [&](const Rows<S>& gradient) -> Rows<S> {
    return assumed.solve(gradient.transpose()).transpose();
  };
  const Rows<S> zero = Rows<S>::Zero(count, phi.rows());
  const Column<S> limits = S(tolerance) * (residuals<Loss>(problems, zero) * phi).rowwise().norm();
  Rows<S> gradient = at.w + residuals<Loss>(problems, at.scores) * phi;
  Rows<S> y = eased(gradient), direction = -y;
  Column<S> before = row_dots(gradient, y);
  for (int step = 0; step < 300; ++step) {
    if (((gradient.rowwise().norm() - limits).array() <= 0).all()) return;
    const Rows<S> along = direction * phi.transpose();
    const Column<S> slopes = row_dots(at.w, direction), lengths = row_dots(direction, direction);
    for (Offset p = 0; p < count; ++p) {
      if (lengths[p] == 0) continue;
      const S t = search<Loss>(&problems.cost(p, 0), &problems.target(p, 0), &at.scores(p, 0), &along(p, 0), phi.rows(),
                               slopes[p], lengths[p]);
      at.w.row(p) += t * direction.row(p);
      at.scores.row(p) += t * along.row(p);
    }
    Rows<S> next = at.w + residuals<Loss>(problems, at.scores) * phi;
    Rows<S> eased_next = eased(next);
    const Column<S> after = row_dots(next, eased_next), mixed = row_dots(gradient, eased_next);
    for (Offset p = 0; p < count; ++p) {
      const S keep = before[p] > 0 ? std::max<S>(0, (after[p] - mixed[p]) / before[p]) : 0;
      direction.row(p) = keep * direction.row(p) - eased_next.row(p);
      if (direction.row(p).dot(next.row(p)) > 0) direction.row(p) = -eased_next.row(p);
    }
    gradient = std::move(next), before = after;
  }
}

// Problem f * L + l: label l against the rest without the rows of fold f. labels [n, L]; fold [n], all -1: none held
// out.
template <class S>
Problems<S> one_per_label(const Sparse& labels, std::span<const int> fold, int folds, double cost) {
  const Offset n = labels.rows(), count = labels.cols();
  Problems<S> problems{Rows<S>::Constant(folds * count, n, S(cost)), Rows<S>::Zero(folds * count, n)};
  for (Offset i = 0; i < n; ++i) {
    if (fold[std::size_t(i)] >= 0) problems.cost.col(i).segment(fold[std::size_t(i)] * count, count).setZero();
    for (const NodeId label : labels.columns(i))
      for (int f = 0; f < folds; ++f) problems.target(f * count + label, i) = 1;
  }
  return problems;
}

template <class S>
Solution<S> nothing(Offset problems, const Rows<S>& phi) {
  return {Rows<S>::Zero(problems, phi.cols()), Rows<S>::Zero(problems, phi.rows())};
}

// Mean over folds of the share of held-out rows whose class has the highest score.
template <class S>
double held_out_accuracy(const Rows<S>& scores, std::span<const std::int32_t> labels, int classes,
                         std::span<const int> fold, int folds) {
  std::vector<double> right(std::size_t(folds), 0), all(std::size_t(folds), 0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    Offset best = 0;
    scores.col(Offset(i)).segment(fold[i] * classes, classes).maxCoeff(&best);
    right[std::size_t(fold[i])] += best == labels[i], all[std::size_t(fold[i])] += 1;
  }
  double sum = 0;
  for (std::size_t f = 0; f < right.size(); ++f) sum += all[f] > 0 ? right[f] / all[f] : 0;
  return sum / double(folds);
}

}  // namespace

Matrix LinearClassifier::decisions(const Features& x) const {
  Matrix out = multiply(x, weights);
  for (Offset i = 0; i < out.rows(); ++i)
    for (Offset c = 0; c < out.cols(); ++c) out(i, c) += intercepts(0, c);
  return out;
}

template <class Loss>
static LinearClassifier optimum(const Features& x, const Sparse& labels, double cost, double tolerance) {
  expect(x.rows() == labels.rows() && x.rows() > 0 && labels.cols() > 0, "one_vs_rest: a set of labels per row");
  const std::vector<int> fold(std::size_t(x.rows()), -1);
  const Problems<double> problems = one_per_label<double>(labels, fold, 1, cost);
  const Rows<double> phi = reduced(x), gram = phi.transpose() * phi;
  Solution<double> found = nothing(labels.cols(), phi);
  solve<Loss>(phi, gram, problems, tolerance, found);
  LinearClassifier result{Matrix(x.cols(), labels.cols()), Matrix(1, labels.cols())};
  if (x.rows() > x.cols()) {
    eigen(result.weights) = found.w.leftCols(x.cols()).transpose().cast<Real>();
    eigen(result.intercepts) = found.w.rightCols(1).transpose().cast<Real>();
    return result;
  }
  // At the optimum (w, b) = -sum_i residual_i (x_i, 1), whatever coordinates it was found in.
  const Rows<double> residual = residuals<Loss>(problems, found.scores);
  eigen(result.intercepts) = -residual.rowwise().sum().transpose().cast<Real>();
  Matrix shares(x.rows(), labels.cols());
  eigen(shares) = -residual.transpose().cast<Real>();
  result.weights =
      x.is_dense() ? transposed_multiply(x.dense(), shares) : multiply(Features(x.as_sparse().transpose()), shares);
  return result;
}

LinearClassifier one_vs_rest(const Features& x, const Sparse& labels, double cost, double tolerance, RowLoss loss) {
  return (loss == RowLoss::logistic ? optimum<Logistic> : optimum<SquaredHinge>)(x, labels, cost, tolerance);
}

template <class Loss>
static double best_cost(const Features& x, std::span<const std::int32_t> labels, int classes,
                        std::span<const double> costs, int folds, Rng rng) {
  expect(x.rows() == Offset(labels.size()) && x.rows() > 0 && !costs.empty(), "cross_validated_cost: a label per row");
  std::vector<int> fold(labels.size());
  const std::vector<NodeId> order = permutation(NodeId(labels.size()), rng);
  for (std::size_t i = 0; i < order.size(); ++i) fold[std::size_t(order[i])] = int(i) % folds;
  const Rows<float> phi = reduced(x).cast<float>(), gram = phi.transpose() * phi;
  Problems<float> problems = one_per_label<float>(one_label_each(labels, classes), fold, folds, 1);
  const Rows<float> counted = problems.cost;
  Solution<float> at = nothing(folds * classes, phi);
  double best = -1, chosen = costs.front();
  for (const double cost : costs) {
    problems.cost = float(cost) * counted;
    solve<Loss>(phi, gram, problems, 1e-4, at);
    const double share = held_out_accuracy(at.scores, labels, classes, fold, folds);
    if (share > best) best = share, chosen = cost;
  }
  return chosen;
}

double cross_validated_cost(const Features& x, std::span<const std::int32_t> labels, int classes,
                            std::span<const double> costs, int folds, Rng rng, RowLoss loss) {
  return (loss == RowLoss::logistic ? best_cost<Logistic> : best_cost<SquaredHinge>)(x, labels, classes, costs, folds,
                                                                                     rng);
}

}  // namespace pfm
