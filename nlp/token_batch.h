// Sentences as a batch: rows are tokens, segments sentences, nothing is padded.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/nlp/tokenizer.h>

namespace pfm::nlp {

// Batch::ids are tokens; `x` [n, 1] says which of the two texts of a pair each is of (0 or 1, kept by chosen_samples
// and corruptions); `samples` counts from 0.
Batch token_batch(std::span<const TokenIds> sentences);
Batch token_batch(std::span<const FramedPair> pairs);

}  // namespace pfm::nlp
