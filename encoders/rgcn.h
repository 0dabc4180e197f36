// Relational graph convolution (Schlichtkrull et al. 2018, arXiv:1703.06103, eq. 2): x W_0 + b + sum over relations r
// of the mean of x_j W_r over the edges of type r that arrive. W_r may be a mix of few bases (eq. 3). An existing
// self-loop is an ordinary edge, weights do not count; a graph without edge types has one relation.
#pragma once
#include <pfm/encoders/encoder.h>

namespace pfm {

struct Rgcn {
  // "weight" [relations, in out], row r W_r row by row, Glorot; or with bases "weight" [bases, in out] and "mix"
  // [relations, bases]; "root" [in, out] and "bias" [1, out].
  Rgcn(const Params& p, Offset in, Offset out, Offset relations, Offset bases = 0);
  // [N, in] -> [N, out]; edge types below `relations`.
  Var operator()(const Graph& graph, const Input& x) const;
  Var weight, mix, root, bias;
  Offset relations;
};

}  // namespace pfm
