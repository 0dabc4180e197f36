// GraphSAGE (Hamilton et al. 2017, arXiv:1706.02216): W_n reduce(neighbours) + W_r x + b. An existing self-loop is an
// ordinary edge; a node that receives nothing keeps its own term only.
#pragma once
#include <pfm/encoders/encoder.h>
#include <pfm/kernels/spmm.h>

namespace pfm {

struct Sage {
  struct Settings {
    Reduce reduce = Reduce::mean;
    bool normalise = false;  // rows of the result to Euclidean norm 1
  };
  Sage(const Params& p, Offset in, Offset out, Settings settings);  // "neighbours" with bias, "root" without
  Var operator()(const Graph& graph, const Input& x) const;         // [N, in] -> [N, out]
  Linear neighbours, root;
  Settings settings;
};

}  // namespace pfm
