// What MASS's decoder reads and writes (Song et al. 2019, section 3.1).
#pragma once
#include <pfm/nlp/sequence_model.h>

namespace pfm::nlp {

// A row of the decoder for each of seen.hidden_nodes: at its place in its text, holding the token of `truth` one place
// before where that is hidden too, else `mask`; it shall give the token of `truth` at its place.
Rewriting fragment_rewriting(const Architecture& a, const Batch& seen, const Batch& truth, TokenId mask);

}  // namespace pfm::nlp
