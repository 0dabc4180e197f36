// Arithmetic on entries and rows, each operation with its gradient. Letters: n rows, k columns.
#pragma once
#include <pfm/nn/tape.h>

namespace pfm {

// Of two: [n, k] [n, k] -> [n, k].
Var add(const Var& a, const Var& b);
Var subtract(const Var& a, const Var& b);
Var hadamard(const Var& a, const Var& b);  // entry by entry
Var divide(const Var& a, const Var& b);

// Of one: [n, k] -> [n, k].
Var scale(const Var& a, Real factor);
Var add_scalar(const Var& a, Real addend);
Var exp(const Var& a);
Var log(const Var& a);
Var abs(const Var& a);   // gradient 0 at 0
Var sqrt(const Var& a);  // gradient 0 at 0
Var square(const Var& a);
Var power(const Var& a, Real exponent);
Var clamp(const Var& a, Real low, Real high);  // gradient 0 outside [low, high]

// Against a row [1, k] or a column [n, 1]: [n, k] -> [n, k].
Var add_row(const Var& a, const Var& row);
Var multiply_row(const Var& a, const Var& row);
Var add_column(const Var& a, const Var& column);
Var multiply_column(const Var& a, const Var& column);

}  // namespace pfm
