// Steps along the edges with fixed or learned weights: what GCN, SGC and APPNP share.
#pragma once
#include <pfm/encoders/encoder.h>

namespace pfm {

// x -> A x with A as `how` says. Where `weights` [E, 1] is given (in the adjacency's order, instead of the graph's own)
// gradients reach them, through the degrees too.
class Propagator {
 public:
  Propagator(const Graph& graph, const Propagation& how, const Var& weights = {});
  Var operator()(const Var& x) const;                   // [N, k] -> [N, k]
  Var operator()(const Var& x, const Var& bias) const;  // A x + bias, bias [1, k]

 private:
  Sparse along_;
  Var weights_;  // [M, 1] normalised, or none: those of `along_`
};

}  // namespace pfm
