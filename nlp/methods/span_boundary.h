// SpanBERT's span boundary objective (Joshi et al. 2020, section 3.2).
#pragma once
#include <pfm/nlp/text_heads.h>

namespace pfm::nlp {

// A token at place i of a span is found from the rows just outside, x_l and x_r, and a learned row of its place:
// h0 = [x_l; x_r; p_i], h1 = LN(GELU(h0 W1)), y = LN(GELU(h1 W2)), scores y E^T + the language model's bias.
struct SpanBoundary {
  // "places" [longest, 200], "0", "0.norm", "1", "1.norm".
  SpanBoundary(const Params& p, const Architecture& a, const LanguageHead& head, Offset longest);
  // Mean cross-entropy of the tokens of `truth` at seen.hidden_nodes, whose runs within a sentence are the spans; those
  // at an end of their sentence are not asked. Of `seen` the rows that asked() names.
  Var loss(const ChosenRows& rows, const Batch& seen, const Batch& truth) const;
  static std::vector<NodeId> asked(const Batch& seen);
  Var places;
  Linear first, second;
  LayerNorm first_norm, second_norm;
  Var tokens, bias;
};

}  // namespace pfm::nlp
