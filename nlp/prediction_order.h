// Which tokens a permutation language model predicts, and in which order (Yang et al. 2019, arXiv:1906.08237, section
// 2.3 and A.5).
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/kernels/random.h>
#include <pfm/nlp/tokenizer.h>

namespace pfm::nlp {

// The ranks of a batch's tokens for nlp/two_streams.h. Of the n tokens of a sentence that do not frame or fill it,
// floor(n / k + 1/2), 1 at least, are predicted: spans of 1 to 5, every length and every placement without two that
// touch equally likely, the last span cut; they come last in a random order, the others before them as what is given. A
// sentence is a function of (rng, its place in the batch).  [n]
std::vector<Offset> prediction_ranks(const Batch& batch, const Tokenizer& tokenizer, int k, const Rng& rng);

}  // namespace pfm::nlp
