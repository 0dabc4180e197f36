// Personalised propagation of predictions (Gasteiger et al. 2019, arXiv:1810.05997): H <- (1 - alpha) A_hat H + alpha
// X, K times, alpha the probability to return to the start.
#pragma once
#include <pfm/encoders/propagator.h>

namespace pfm {

struct Appnp {
  int hops = 10;
  Real alpha = Real(0.1);
  Propagation along = {};
  // [N, k] -> [N, k]; edge_weights [E, 1] instead of the graph's own, with gradient.
  Var operator()(const Graph& graph, const Var& x, const Var& edge_weights = {}) const;
};

}  // namespace pfm
