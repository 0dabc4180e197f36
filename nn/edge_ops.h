// Operations whose values stand on edges, [E, k], each with its gradient. For `a` and letters see nn/graph_ops.h.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/kernels/spmm.h>
#include <pfm/nn/tape.h>

namespace pfm {

Var gather_sources(const Sparse& a, const Var& x);  // row j of x for every entry: [m, k] -> [E, k]
Var gather_targets(const Sparse& a, const Var& x);  // row i of x for every entry: [n, k] -> [E, k]
Var edge_dots(const Sparse& a, const Var& x, const Var& y,
              Offset heads = 1);                       // x[i] . y[j]: [n, h c] [m, h c] -> [E, h]
Var edge_softmax(const Sparse& a, const Var& scores);  // over the entries of each row: [E, h] -> [E, h]
// Sum, mean or maximum of the rows of each target's entries, zeros without any: [E, k] -> [n, k].
Var aggregate_edges(const Sparse& a, const Var& rows, Reduce reduce);

// Values of the graph's stored edges [E, k], in the adjacency's order, brought into the order of `messages` [M, k].
// Added loops hold `loop`, or the mean of what their node receives otherwise (zero where it receives nothing).
Var along(const Messages& messages, const Var& edges, Real loop);
Var along_with_mean_loops(const Messages& messages, const Var& edges);

// Weights [E, 1] scaled as `norm` says (graph/graph.h), with gradient through the degrees; degree 0 gives 0. `a` is
// square.
Var normalise_edges(const Sparse& a, const Var& weights, Norm norm);

}  // namespace pfm
