// Aggregation along edges and products of constant rows, each with its gradient.
//
// `a` [n, m] holds the edges: row i = target, column j = source, E entries; Graph::incoming, propagation and
// messages(..).along are such. Gradients pull through the kept transpose, nothing scatters. Letters: h heads.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/kernels/spmm.h>
#include <pfm/nn/tape.h>

namespace pfm {

// a x: constant values, x [m, d] -> [n, d].
Var spmm(const Sparse& a, const Var& x);
// The same plus a row, in one pass over memory.  row [1, d]
Var spmm_add_row(const Sparse& a, const Var& x, const Var& row);
// a x and each row's own one, `own` times, in one pass: out[i] = own x[i] + (a x)[i].  n <= m, x [m, d] -> [n, d].
Var spmm_with_own(Real own, const Sparse& a, const Var& x);

// The structure of `a` with values of their own: out[i] = sum over e = (i, j) of edge(e) x[j], head by head.
// edge [E, h], x [m, h c] -> [n, h c].
Var spmm(const Sparse& a, const Var& edge, const Var& x);

// Sum, mean (by the number of entries) or maximum of values(e) x[j]; a row without entries gives zeros. The gradient of
// a maximum goes to the first largest entry. x [m, d] -> [n, d].
Var aggregate(const Sparse& a, const Var& x, Reduce reduce);

// alpha (I - (1 - alpha) a)^-1 x (graph/diffusion.h), nothing n x n is made.  a [n, n], x [n, d] -> [n, d].
Var diffuse_pagerank(const Sparse& a, const Var& x, double alpha);

// x w: constant rows [n, F] (dense, sparse or identity), w [F, k] -> [n, k]. Sparse rows never become dense.
Var multiply(const Features& x, const Var& w);

}  // namespace pfm
