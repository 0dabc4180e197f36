// Matrix products, each with its gradient. Letters: n, m rows or columns of the result, k what is summed.
#pragma once
#include <pfm/nn/tape.h>

namespace pfm {

Var multiply(const Var& a, const Var& b);             // a b: [n, k] [k, m] -> [n, m]
Var multiply_transposed(const Var& a, const Var& b);  // a b^T: [n, k] [m, k] -> [n, m]
Var transposed_multiply(const Var& a, const Var& b);  // a^T b: [k, n] [k, m] -> [n, m], k = rows, fixed blocks
Var row_dots(const Var& a, const Var& b);             // a_i . b_i: [n, k] [n, k] -> [n, 1]

}  // namespace pfm
