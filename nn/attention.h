// Attention between the rows of segments as one operation with its gradient; nothing of the size of all pairs is kept.
// For plans and letters see kernels/attention_plan.h and kernels/attention.h.
#pragma once
#include <pfm/kernels/attention.h>
#include <pfm/nn/tape.h>

namespace pfm {

// out[i], head by head: sum over the keys j that query i sees of v[j] softmax_j(scale q[i] . k[j] + bias).
// q [n, h d], k [m, h d], v [m, h c], bias [B, h] (rows by plan.pairs) or none -> [n, h c].
Var attend(std::shared_ptr<const AttentionPlan> plan, const AttentionHeads& heads, const Var& q, const Var& k,
           const Var& v, const Var& bias = {});

}  // namespace pfm
