// Dot products of all rows with all others, head by head: of queries with distances, which are few.
#pragma once
#include <pfm/nn/tape.h>

namespace pfm {

// out(i m + p, k) = the dot product of head k's columns of q[i] and of r[p].  q [n, h d], r [m, h d] -> [n m, h]
Var head_products(const Var& q, const Var& r, Offset heads);

}  // namespace pfm
