// Simple graph convolution (Wu et al. 2019, arXiv:1902.07153): A_hat^K X W + b.
#pragma once
#include <pfm/encoders/propagator.h>

namespace pfm {

struct Sgc {
  Sgc(const Params& p, Offset in, Offset out, int hops, Propagation along = {});  // weight [in, out], bias [1, out]
  // [N, in] -> [N, out]; edge_weights [E, 1] instead of the graph's own, with gradient.
  Var operator()(const Graph& graph, const Input& x, const Var& edge_weights = {}) const;
  Linear linear;
  int hops;
  Propagation along;
};

}  // namespace pfm
