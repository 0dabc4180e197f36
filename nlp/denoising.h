// Texts put out of order or with parts left out, for models that write them again or tell whether they were.
#pragma once
#include <pfm/kernels/random.h>
#include <pfm/nlp/tokenizer.h>

namespace pfm::nlp {

// BART's infilling (Lewis et al. 2020, arXiv:1910.13461, section 2.2): spans with lengths of the Poisson law of mean 3
// are drawn until they make `rate` of the tokens (the last may go beyond), and each becomes one mask token; one of
// length 0 puts a mask between two tokens. No two touch, every placement is equally likely. `ids` are a text without
// its frame. A tokenizer without a mask token: Error(Fault::usage).
TokenIds infill(std::span<const TokenId> ids, const Tokenizer& tokenizer, double rate, Rng rng);

// BART's permutation of sentences; a sentence ends behind each token `end`, the last one at the end of the text.
TokenIds permute_sentences(std::span<const TokenId> ids, TokenId end, Rng rng);

// ALBERT's question (Lan et al. 2020, arXiv:1909.11942, section 3.1): two segments that follow each other, every other
// time exchanged.
struct SegmentPair {
  TokenIds first, second;
  bool exchanged;
};
SegmentPair exchange_segments(TokenIds first, TokenIds second, Rng rng);

}  // namespace pfm::nlp
