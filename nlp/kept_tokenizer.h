// A tokenizer as text, so that a model's file holds the one it was trained with.
#pragma once
#include <pfm/nlp/merges.h>
#include <pfm/nlp/tokenizer.h>

namespace pfm::nlp {

// Enough to make the tokenizer again. `kind`: "characters" (nlp/characters.h), "bytes" (nlp/byte_bpe.h, no space added)
// or "word-piece" (nlp/word_piece.h, lower case).
struct KeptTokenizer {
  std::string kind;
  std::vector<std::string> tokens;  // by id
  MergeTexts merges = {};           // of bytes
};

std::string to_text(const KeptTokenizer& kept);  // JSON
// Error(Fault::input), naming `origin`: what to_text() does not write.
KeptTokenizer kept_tokenizer(const std::string& text, const std::string& origin);

Tokenizer tokenizer_of(const KeptTokenizer& kept, const std::string& origin);

}  // namespace pfm::nlp
