// How near texts come to those that were wanted.
#pragma once
#include <pfm/nlp/tokenizer.h>

namespace pfm::nlp {

// BLEU of all texts together (Papineni et al. 2002), in percent, tokens as words: the geometric mean over n = 1 .. 4 of
// the share of written n-grams that are wanted, each at most as often as it is wanted in its text, times
// e^(1 - wanted / written) where fewer tokens were written than wanted. 0 where no n-gram of a length is right.
double bleu(std::span<const TokenIds> written, std::span<const TokenIds> wanted);

}  // namespace pfm::nlp
