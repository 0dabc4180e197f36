// Starts of parameters that a layer of the same scope then takes up, for methods whose authors' layers start otherwise
// than with Glorot's uniform weights and biases of 0: PyTorch's Linear has both uniform within 1 / sqrt(in). After the
// layer it would be too late: a broken expectation.
#pragma once
#include <pfm/nn/params.h>

namespace pfm {

void start_uniform_weight(const Params& p, Offset in, Offset out);  // "weight" [in, out]
void start_uniform_bias(const Params& p, Offset in, Offset out);    // "bias" [1, out]
void start_uniform(const Params& p, Offset in, Offset out);         // both

}  // namespace pfm
