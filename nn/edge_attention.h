// Attention of targets over their incoming edges: score, softmax and sum as one operation with its gradient. Edge
// matrices are [E, h] at most. For `a` and letters see nn/graph_ops.h.
#pragma once
#include <pfm/kernels/edges.h>
#include <pfm/nn/graph_ops.h>

namespace pfm {

// x [n, h c], att [1, h c] -> [n, h]: the dot product of each head of a row with its part of `att`.
Var head_dots(const Var& x, const Var& att, Offset heads);
Var mean_heads(const Var& x, Offset heads);  // [n, h c] -> [n, c]

// out[i] = sum over e = (i, j) of alpha(e) x[j], alpha = softmax over row i of leaky_relu(source[j] + target[i] +
// edge[e]) (GAT).  source [m, h], target [n, h], edge [E, h] or none, x [m, h c] -> [n, h c].
Var additive_attention(const Sparse& a, const Var& source, const Var& target, const Var& edge, const Var& x, Real slope,
                       const std::optional<AttentionDropout>& dropout = {});

// The same with alpha = softmax of att . leaky_relu(source[j] + target[i] + edge[e]), and x = source (GATv2).
// source [m, h c], target [n, h c], att [1, h c], edge [E, h c] or none -> [n, h c].
Var dynamic_attention(const Sparse& a, const Var& source, const Var& target, const Var& att, const Var& edge,
                      Offset heads, Real slope, const std::optional<AttentionDropout>& dropout = {});

}  // namespace pfm
