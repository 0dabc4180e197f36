// Pairs of segments, for models that tell whether the second follows the first; and whole sequences of texts.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/nlp/tokenizer.h>
#include <pfm/sampling/mini_batches.h>

namespace pfm::nlp {

// What a wrong pair is: its second segment is from another text (BERT), or the two are exchanged (ALBERT).
enum class WrongPair { elsewhere, exchanged };

struct PairRule {
  WrongPair wrong = WrongPair::elsewhere;
  Offset length = 128;  // tokens of a pair and its frame, at most
  Offset size = 32;     // pairs of a mini-batch
  Offset copies = 10;   // different pairs that a stretch of a text makes, one of them an epoch
};

// Texts (tokens without frames, a segment each) are cut into stretches that fill a pair; each is cut in two anywhere,
// and every other pair is made wrong. A pair is a function of (rng, stretch, copy): its `samples` number is stretch *
// copies
// + copy, and hidden_nodes names the wrong ones of a batch. Error(Fault::input): no text of two tokens, or where the
// second is from elsewhere fewer than two.
MiniBatches pair_batches(const Batch& texts, const Tokenizer& tokenizer, const PairRule& rule, const Rng& rng);

// RoBERTa's FULL-SENTENCES (Liu et al. 2019, section 4.2): texts one after the other, the end token between two, cut
// into framed sequences of `length` tokens; where the first begins is drawn for each epoch.
MiniBatches full_sequences(const Batch& texts, const Tokenizer& tokenizer, Offset length, Offset size);

}  // namespace pfm::nlp
