// Scores of predictions. Everything is a share in [0, 1] or a correlation in [-1, 1]; protocols print percentages.
#pragma once
#include <pfm/kernels/sparse.h>

#include <cstdint>
#include <span>
#include <vector>

namespace pfm {

using Labels = std::span<const std::int32_t>;  // one class or cluster per item, not negative

double accuracy(Labels truth, Labels predicted);

// F1 = 2 TP / (2 TP + FP + FN), per class or over all of them.
struct F1 {
  double micro = 0;     // counts added over classes: the accuracy, when every item has one class
  double macro = 0;     // mean over the classes that occur among truth or predictions
  double weighted = 0;  // mean over classes, weighted by how often they are true
};
F1 f1(Labels truth, Labels predicted);
double f1_of(std::int32_t which, Labels truth, Labels predicted);  // of that class alone
// The same of sets of labels; the macro mean is over all L labels, one that is neither true nor predicted counts 0.
F1 f1(const Sparse& truth, const Sparse& predicted);  // [n, L] both

// Of scores that shall be high and scores that shall be low; neither part empty, no score NaN.
double auc(std::span<const double> positive, std::span<const double> negative);  // ties count half
// Sum over distinct thresholds of (recall gained) * precision; tied scores are one threshold, nothing is interpolated.
double average_precision(std::span<const double> positive, std::span<const double> negative);
// The share of positives above the k-th best negative, ties not counted; 1 where there are fewer than k negatives (Open
// Graph Benchmark, Hu et al. 2020, arXiv:2005.00687).
double hits_at(int k, std::span<const double> positive, std::span<const double> negative);
// Each positive's rank among all negatives, 1 = best, ties as in rank_of.  [positive]
std::vector<double> ranks_among(std::span<const double> positive, std::span<const double> negative);

// How well a clustering agrees with classes, whatever the clusters' names. Entropies in nats.
struct Agreement {
  double homogeneity = 1;   // 1 - H(truth | found) / H(truth)
  double completeness = 1;  // 1 - H(found | truth) / H(found)
  double nmi = 1;           // mutual information / arithmetic mean of both entropies
  double nmi_geometric = 1, nmi_max = 1, nmi_min = 1;
  double ari = 1;  // adjusted Rand index (Hubert & Arabie 1985)
};
Agreement agreement(Labels truth, Labels found);

std::vector<double> average_ranks(std::span<const double> values);     // 1 .. n ascending, ties share their mean
double pearson(std::span<const double> a, std::span<const double> b);  // 0 where one of them is constant
double spearman(std::span<const double> a, std::span<const double> b);

// The rank of `target` among the scores that are not left out, 1 = best: the mean of the most and the least favourable
// order of ties ("realistic").  `left_out` [scores] or empty; the target itself is never left out.
double rank_of(std::span<const double> scores, std::size_t target, std::span<const std::uint8_t> left_out = {});
double mean_reciprocal_rank(std::span<const double> ranks);
double hits_at(int k, std::span<const double> ranks);  // share of ranks <= k

}  // namespace pfm
