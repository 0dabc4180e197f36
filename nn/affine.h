// A product with what stands behind it, in one pass over memory. Letters: n rows, k columns before, m behind.
#pragma once
#include <pfm/kernels/gemm.h>
#include <pfm/nn/tape.h>

namespace pfm {

// activation(x w + bias); bias may be none.  [n, k] [k, m] [1, m] -> [n, m]
Var affine(const Var& x, const Var& w, const Var& bias, Activation activation = Activation::none);

}  // namespace pfm
