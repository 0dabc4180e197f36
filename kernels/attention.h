// Attention of the rows of segments to the rows of segments (Vaswani et al. 2017): sentences, images, subgraphs.
// Segments are row ranges (kernels/segments.h), so nothing is padded. Scores are made in tiles with a running maximum
// and sum (Milakov & Gimelshein 2018, Dao et al. 2022) and made again in the backward pass: memory is linear in rows.
//
// Letters: h heads of d channels (values: c), B biases; the others as in kernels/attention_plan.h.
#pragma once
#include <pfm/kernels/attention_plan.h>
#include <pfm/kernels/edges.h>

namespace pfm {

struct AttentionHeads {
  Offset count;
  Real scale;                                    // of the dot products, usually 1 / sqrt(d)
  std::optional<AttentionDropout> dropout = {};  // row i of all queries, head k: key j by word j of stream i h + k
};

struct SegmentAttention {
  Matrix out;  // [n, h c], head by head: sum over j of v_j softmax_j(scale q_i . k_j + bias); seeing nothing: zeros
  Matrix log_sums;  // [n, h]: log of the sum of the exponentials
};

// q [n, h d], k [m, h d], v [m, h c], bias [B, h] or none.
SegmentAttention attend(const AttentionPlan& plan, const AttentionHeads& heads, const Matrix& q, const Matrix& k,
                        const Matrix& v, const Matrix* bias = nullptr);

struct SegmentAttentionGradients {
  Matrix q, k, v, bias;  // as above; bias only where it is asked for
};
// From grad [n, h c] of attend's result.
SegmentAttentionGradients attend_gradients(const AttentionPlan& plan, const AttentionHeads& heads, const Matrix& q,
                                           const Matrix& k, const Matrix& v, const Matrix* bias, bool bias_gradient,
                                           const Matrix& out, const Matrix& log_sums, const Matrix& grad);

}  // namespace pfm
