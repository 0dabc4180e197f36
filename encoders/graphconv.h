// Higher-order graph network, its first order (Morris et al. 2019, arXiv:1810.02244, eq. 5): W_r x + b + W_n reduce of
// w x_j over neighbours. A mean divides by how many edges there are, not by their weights.
#pragma once
#include <pfm/encoders/encoder.h>
#include <pfm/kernels/spmm.h>

namespace pfm {

struct GraphConv {
  // "neighbours" with bias, "root" without. reduce: sum or mean
  GraphConv(const Params& p, Offset in, Offset out, Reduce reduce);
  // [N, in] -> [N, out]; edge_weights [E, 1] instead of the graph's own, with gradient
  Var operator()(const Graph& graph, const Input& x, const Var& edge_weights = {}) const;
  Linear neighbours, root;
  Reduce reduce;
};

}  // namespace pfm
