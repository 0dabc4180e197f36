// Masks of texts as a corruption of batches whose rows are tokens.
#pragma once
#include <pfm/nlp/masking.h>
#include <pfm/selfsup/corruption.h>

namespace pfm::nlp {

// Whose the stream is that masks a text: its place's in the batch, so that masks differ where the given Rng does, or
// its sample's (Batch::samples), so that one Rng always masks it in the same way.
enum class MaskOf { place, sample };

// Batch::ids are tokens, a segment a text. Each text is masked by a stream of its own, and hidden_nodes names the rows
// chosen, ascending; what stood there is in the ids of the batch that came.
Corruption mask_texts(std::function<Masked(std::span<const TokenId> ids, Rng rng)> mask, MaskOf of = MaskOf::place);

}  // namespace pfm::nlp
