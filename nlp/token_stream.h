// Texts one after the other, for models that predict the next token.
#pragma once
#include <pfm/nlp/tokenizer.h>
#include <pfm/nn/tape.h>
#include <pfm/sampling/mini_batches.h>
#include <pfm/selfsup/code_length.h>

namespace pfm::nlp {

// What stands between two texts: a blank line, or where the tokenizer drops white space its end token.
TokenIds between_texts(const Tokenizer& tokenizer);

// All texts of a batch of tokens with `between` between two.
TokenIds joined_texts(const Batch& texts, const TokenIds& between);

// Sequences of `length` tokens, `size` a batch, that overlap by one: each token of the stream but the first and a few
// at its ends is predicted once an epoch. Where the first begins is drawn for each epoch, and their order. A stream
// that is shorter is one sequence.
MiniBatches stream_batches(TokenIds stream, Offset length, Offset size);

// For each row the token that follows in its sequence, -1 for the last one: what cross_entropy() asks.
std::vector<std::int32_t> next_tokens(const Batch& batch);

// How likely texts are that follow each other. Windows of `length` tokens go half a window ahead each time, so that
// every token but those of the first half sees at least half a window; the first one has all the vocabulary to choose
// from. An unknown character also costs its code point. scores(batch) -> [n, vocabulary] of each row's next token.
TextLikelihood windowed_code_length(const Tokenizer& tokenizer, Offset length, std::function<Var(const Batch&)> scores);

}  // namespace pfm::nlp
