// Operations along edges and on constant rows, each with its gradient.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/nn/tape.h>

namespace pfm {

// a x: constant sparse [n, m], x [m, d] -> [n, d]. The gradient pulls through the kept transpose.
Var spmm(const Sparse& a, const Var& x);

// x w: constant rows [n, F] (dense, sparse or identity), w [F, k] -> [n, k]. Sparse rows never become dense.
Var multiply(const Features& x, const Var& w);

}  // namespace pfm
