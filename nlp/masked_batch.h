// Masks of texts as a corruption of batches whose rows are tokens.
#pragma once
#include <pfm/nlp/masking.h>
#include <pfm/selfsup/corruption.h>

namespace pfm::nlp {

// Batch::ids are tokens, a segment a text. Each text is masked by a stream of its own, and hidden_nodes names the rows
// chosen, ascending; what stood there is in the ids of the batch that came.
Corruption mask_texts(std::function<Masked(std::span<const TokenId> ids, Rng rng)> mask);

}  // namespace pfm::nlp
