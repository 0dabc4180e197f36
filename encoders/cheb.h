// Chebyshev graph convolution (Defferrard et al. 2016, arXiv:1606.09375, eq. 4-5): sum over k < K of T_k(L) x W_k, with
// T_0 x = x, T_1 x = L x, T_k x = 2 L T_(k-1) x - T_(k-2) x and L the normalised Laplacian scaled with largest
// eigenvalue 2, which leaves -D^-1/2 A D^-1/2: loops are left out, degrees are those of sources.
#pragma once
#include <pfm/encoders/encoder.h>

namespace pfm {

struct Cheb {
  Cheb(const Params& p, Offset in, Offset out, int terms);  // K >= 1; "0.weight" .. [in, out] Glorot, "bias" zero
  // [N, in] -> [N, out]; edge_weights [E, 1] instead of the graph's own, with gradient through the degrees
  Var operator()(const Graph& graph, const Input& x, const Var& edge_weights = {}) const;
  std::vector<Linear> terms;
  Var bias;
};

}  // namespace pfm
