// Whether rows belong to a summary.
#pragma once
#include <pfm/nn/params.h>

namespace pfm {

// D(h, s) = h W s + b (DGI, arXiv:1809.10341, eq. 4, without its sigmoid). The weight starts with the spread of the
// authors' bilinear layer: one output of width^2 inputs.
struct SummaryDiscriminator {
  SummaryDiscriminator(const Params& p, Offset width);        // "weight" [width, width], "bias" [1, 1] zero
  Var operator()(const Var& rows, const Var& summary) const;  // [n, width] [1, width] -> [n, 1]
  Var weight, bias;
};

}  // namespace pfm
