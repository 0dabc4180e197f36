// Activations and dropout, each with its gradient. [n, k] -> [n, k].
#pragma once
#include <pfm/kernels/random.h>
#include <pfm/nn/tape.h>

namespace pfm {

Var relu(const Var& a);
Var leaky_relu(const Var& a, Real slope = Real(0.01));  // x > 0: x, else slope x
Var elu(const Var& a, Real alpha = 1);                  // x > 0: x, else alpha (e^x - 1)
Var prelu(const Var& a, const Var& slope);              // leaky_relu with a learned slope [1, 1] or [1, k]
// prelu(add_row(a, row), slope) in one pass over memory each way.  row [1, k], slope [1, 1] or [1, k]
Var add_row_prelu(const Var& a, const Var& row, const Var& slope);
Var gelu(const Var& a);       // x Phi(x), Phi the normal distribution function (Hendrycks & Gimpel 2016)
Var gelu_tanh(const Var& a);  // its approximation x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
Var silu(const Var& a);       // x sigmoid(x)
Var sigmoid(const Var& a);
Var tanh(const Var& a);
Var softplus(const Var& a);  // log(1 + e^x)

// Each entry is 0 with probability `rate`, else divided by 1 - rate; entry i is decided by draw i of `rng` alone.
Var dropout(const Var& a, Real rate, Rng rng);

}  // namespace pfm
