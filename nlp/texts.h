// What methods of text share: how texts become tokens, and a network's rows of tokens a row for each text.
#pragma once
#include <pfm/nlp/text_encoder.h>
#include <pfm/nlp/tokenizer.h>
#include <pfm/selfsup/method.h>
#include <pfm/selfsup/pretext_targets.h>

namespace pfm::nlp {

struct TextOptions {
  std::string tokenizer;  // characters, bytes (BPE that learns), or a file vocab.txt (WordPiece, lower case)
  int vocabulary = 4000;  // tokens that BPE learns, at most
  int length = 128;       // tokens of a sequence, its frame among them, at most
  std::string pool;       // what a text's row is: mean of its tokens' rows, or that of the first or the last one
  PretextTargets targets = {};
};
// Asks "tokenizer", "vocabulary", "length", "pool", "targets".
TextOptions text_options(const Options& options, const TextOptions& fallback);

struct NetworkOptions {
  Architecture architecture;  // without vocabulary and positions
  TextSettings settings;
};
// Asks "layers", "hidden", "heads", "inner" (0: four times hidden), "dropout" (of attention weights too).
NetworkOptions network_options(const Options& options, const Architecture& fallback, double dropout);

// Error(input) unless the samples of the data set are texts or pairs of them: what `method` needs, and how to get it.
void need_texts(const Dataset& data, const std::string& method);

// Of the data set's texts, or the one that a checkpoint kept (Options::learned, "tokenizer").
Tokenizer tokenizer_from(const TextOptions& text, const Dataset& data, const Options& options);

// Tokens as rows, a segment a text or a pair of them, without frames.
Preparation tokens_of_texts(const Tokenizer& tokenizer);

// A row for each sample of tokens_of_texts(): texts that are too long go through the network in pieces, each framed;
// of a pair, framed as one sequence, the longer text is cut. A text without a token has zeros. While nothing is
// recorded, a part of the texts at a time.
Encoder text_vectors(const TextEncoder& network, const Tokenizer& tokenizer, const TextOptions& text);

}  // namespace pfm::nlp
