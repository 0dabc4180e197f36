// Objectives as functions of Vars; every one gives [1, 1]. Letters: n, m rows, d columns.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/nn/tape.h>
#include <pfm/selfsup/pairs.h>

#include <span>

namespace pfm {

// ---- Of scores. Logits that shall be high (positive) and low (negative).

// Deep Graph Infomax (arXiv:1809.10341, eq. 1): binary cross-entropy, mean over all n + m scores.
// positive [n, 1], negative [m, 1]
Var dgi_loss(const Var& positive, const Var& negative);

// mean log(1 + e^-positive) + weight mean log(1 + e^negative): reconstruction against drawn negatives. Skip-gram with k
// negatives a pair (arXiv:1310.4546) has weight k.  positive [n, k], negative [m, l]
Var logistic_loss(const Var& positive, const Var& negative, Real weight = 1);

// mean log(1 + e^(worse - better)) (BPR, arXiv:1205.2618).  [n, k] [n, k]
Var bpr_loss(const Var& better, const Var& worse);

// mean max(0, margin - better + worse).  [n, k] [n, k]
Var margin_loss(const Var& better, const Var& worse, Real margin);

// ---- Of a graph's links.

// Cross-entropy of z_i . z_j as logit of an edge over all n^2 pairs, i = j counted as one (VGAE, arXiv:1611.07308):
// with E entries of the graph, loops left out, edges weigh (n^2 - E) / E and the mean is scaled by n^2 / (2 (n^2 - E)).
// Nothing n x n is stored.  z [n, d], graph of n nodes
Var link_reconstruction(const Var& z, const Graph& graph);

// KL divergence of normals from the standard one in VGAE's scaling, 1 / n of the mean over rows:
// -1 / (2 n^2) sum (1 + 2 log s - mean^2 - s^2).  [n, d] both
Var normal_divergence(const Var& mean, const Var& log_deviation);

// sum_ij b_ij^2 (guess_ij - rows_ij)^2, b = beta where an entry is stored, else 1 (SDNE, KDD 2016): what is there
// counts for more than what is not. Nothing dense is made of the rows.  guess [n, k], rows [n, k]
Var weighted_reconstruction(const Var& guess, const Sparse& rows, Real beta);

// ---- Of paired rows.

// mean max(0, |anchor - positive| - |anchor - negative| + margin), Euclidean.  [n, d] each
Var triplet_loss(const Var& anchor, const Var& positive, const Var& negative, Real margin);

// Scaled cosine error (GraphMAE, arXiv:2205.10803): mean (1 - cos(x_i, y_i))^gamma. In the cosine a row shorter than
// 1e-12 counts as that long, so that its gradient is large.  [n, d] [n, d]
Var sce_loss(const Var& x, const Var& y, Real gamma);

// mean (1 - cos(x_i, y_i)): one direction of BGRL; half of BYOL's.  [n, d] [n, d]
Var cosine_loss(const Var& x, const Var& y);

// ---- Of rows against the summaries of samples.

// Jensen-Shannon estimate of mutual information (InfoGraph, arXiv:1908.01000): a row's score with the summary of its
// own sample shall be high, with others low; each kind a mean, minus log 2. rows [n, d], summaries [G, d], segments [G
// + 1] ranges of rows
Var jsd_loss(const Var& rows, const Var& summaries, std::span<const Offset> segments);

// ---- Of columns: no negatives, redundancy is punished.

// Barlow Twins (arXiv:2103.03230): columns standardised over the rows (biased variance), c = x^T y / n,
// sum_i (c_ii - 1)^2 + lambda sum_{i != j} c_ij^2.  [n, d] [n, d]
Var barlow_twins(const Var& x, const Var& y, Real lambda = Real(0.0051));

// VICReg (arXiv:2105.04906). Invariance: mean squared difference; variance: mean of max(0, 1 - sqrt(var + 1e-4)) over
// columns, unbiased, halved per branch; covariance: off-diagonal squares / d, per branch.  [n, d] [n, d], n > 1
struct VicregWeights {
  Real invariance = 25, variance = 25, covariance = 1;
};
Var vicreg(const Var& x, const Var& y, VicregWeights weights = {});

// ---- Of all pairs of rows, by cosine / tau. Computed in tiles: nothing n x n is stored.

// A row must find its partner among the rows of both views (GRACE, arXiv:2006.04131, eq. 1): mean over i of
// -log e(u_i, v_i) / (sum_j e(u_i, v_j) + sum_{j != i} e(u_i, u_j)).  [n, d] [n, d]
Var info_nce(const Var& u, const Var& v, Real tau);

// The mean of info_nce(u, v) and info_nce(v, u), which is SimCLR's NT-Xent (arXiv:2002.05709), in half the time.
Var nt_xent(const Var& u, const Var& v, Real tau);

// Among the rows of v alone. Own::out leaves the partner out of the sum (GraphCL, arXiv:2010.13902): may be negative.
Var info_nce_across(const Var& u, const Var& v, Real tau, Own own = Own::in);

// Several rows of v are right for a row of u (HeCo, arXiv:2105.09111): mean over i of
// -log sum_{j in P_i} e(u_i, v_j) / sum_j e(u_i, v_j), P_i the columns of row i, at least one.  positives [n, m]
Var info_nce_positives(const Var& u, const Var& v, const Sparse& positives, Real tau);

// Among the partner and the rows of a queue (MoCo, arXiv:1911.05722). Keys and queue are unit rows as they are kept; u
// is normalised here.  u, key [n, d], queue [m, d]
Var info_nce_queue(const Var& u, const Var& key, const Var& queue, Real tau);

}  // namespace pfm
