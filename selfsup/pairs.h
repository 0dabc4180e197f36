// All pairs of rows without their matrix.
#pragma once
#include <pfm/nn/tape.h>

namespace pfm {

// Whether row i of v is a candidate of row i of u.
enum class Own : bool { in, out };

// log sum_j e^(u_i . v_j), stable: [n, d] [m, d] -> [n, 1]; -infinity without a candidate. Tiles of scores are made
// where they are needed, in the backward pass again. With Own::out n = m. Cheaper by half where v is u.
Var pair_log_sums(const Var& u, const Var& v, Own own = Own::in);

// Sum over all i, j, i = j included, of log(1 + e^(z_i . z_j)): [n, d] -> [1, 1]. One pass by tiles gives the value
// and, where it is wanted, the gradient.
Var all_pairs_softplus(const Var& z);

}  // namespace pfm
