// Graph convolutional network (Kipf & Welling 2017, arXiv:1609.02907): H' = act(A_hat H W + b), A_hat = D^-1/2 (A + I)
// D^-1/2.
#pragma once
#include <pfm/encoders/propagator.h>

namespace pfm {

struct Gcn {
  // weight [in, out] Glorot, bias [1, out] zero, added after propagation.
  Gcn(const Params& p, Offset in, Offset out, Propagation along = {});
  // [N, in] -> [N, out]; edge_weights [E, 1] instead of the graph's own, with gradient.
  Var operator()(const Graph& graph, const Input& x, const Var& edge_weights = {}) const;
  Var weight, bias;
  Propagation along;
};

}  // namespace pfm
