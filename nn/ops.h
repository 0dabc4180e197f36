// Operations on rows, each with its gradient. Letters: n rows, k and m columns.
#pragma once
#include <pfm/nn/tape.h>

namespace pfm {

Var multiply(const Var& a, const Var& b);             // [n, k] [k, m] -> [n, m]
Var multiply_transposed(const Var& a, const Var& b);  // a b^T: [n, k] [m, k] -> [n, m]
Var add(const Var& a, const Var& b);                  // [n, k] [n, k] -> [n, k]
Var add_row(const Var& a, const Var& row);            // [n, k] [1, k] -> [n, k]
Var scale(const Var& a, Real factor);                 // [n, k] -> [n, k]
Var mean_rows(const Var& a);                          // [n, k] -> [1, k]
Var sigmoid(const Var& a);                            // [n, k] -> [n, k]
Var prelu(const Var& a, const Var& slope);            // [n, k], slope [1, 1] or [1, k] -> [n, k]

}  // namespace pfm
