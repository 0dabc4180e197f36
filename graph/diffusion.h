// Diffusion: every node's influence on every other, as a matrix for small graphs or times rows for large ones.
//
// `a` [N, N] is a normalised adjacency, Graph::propagation() as a rule: D^-1/2 (A + I) D^-1/2. No eigenvalue of it
// exceeds 1 in absolute value.
#pragma once
#include <pfm/kernels/matrix.h>
#include <pfm/kernels/sparse.h>

namespace pfm {

// The dense forms below hold three [N, N] matrices of 8 bytes a number and take time in proportion to N^3; a larger N
// is a broken expectation.
constexpr NodeId largest_dense_diffusion = 20000;

// alpha (I - (1 - alpha) a)^-1, alpha in (0, 1]: personalised PageRank (MVGRL, Hassani & Khasahmadi 2020, eq. 3).
Matrix pagerank_diffusion(const Sparse& a, double alpha);
// exp(-t (I - a)), t >= 0: the heat kernel (Kondor & Lafferty 2002).
Matrix heat_diffusion(const Sparse& a, double t);
// exp(t (a_ij - 1)) entry by entry: what MVGRL's published program computes for "heat". Not a matrix exponential.
Matrix heat_diffusion_by_entries(const Sparse& a, double t);

// The first two times x [N, d], as the series of powers of `a` cut off where the coefficients left sum to less than
// `tolerance`: log(tolerance) / log(1 - alpha) products, or about t + 6 sqrt(t) + 10 of them. t in [0, 700]. PageRank
// on a symmetric `a` by Chebyshev polynomials: about log(tolerance) / log(r) products, r = (1 - alpha) / (1 + sqrt(1 -
// (1 - alpha)^2)).
Matrix diffuse_pagerank(const Sparse& a, const Matrix& x, double alpha, double tolerance = 1e-6);
Matrix diffuse_heat(const Sparse& a, const Matrix& x, double t, double tolerance = 1e-6);

}  // namespace pfm
