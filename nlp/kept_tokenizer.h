// A tokenizer that was learned here, as text. A model's file has it where an imported one has tokenizer.json, and both
// are read by tokenizer_of() of nlp/tokenizer_json.h.
#pragma once
#include <pfm/nlp/merges.h>
#include <pfm/nlp/tokenizer.h>

#include <nlohmann/json_fwd.hpp>

namespace pfm::nlp {

// Enough to make the tokenizer again. `kind`: "characters" (nlp/characters.h), "bytes" (nlp/byte_bpe.h, no space added)
// or "word-piece" (nlp/word_piece.h, lower case).
struct KeptTokenizer {
  std::string kind;
  std::vector<std::string> tokens;  // by id
  MergeTexts merges = {};           // of bytes
};

std::string to_text(const KeptTokenizer& kept);      // JSON: {"kind", "tokens", "merges"}
bool is_kept_tokenizer(const nlohmann::json& root);  // by its "kind"
// Error(Fault::input), naming `origin`, here and below: what to_text() does not write, tokens and merges that make no
// tokenizer.
KeptTokenizer kept_tokenizer(const nlohmann::json& root, const std::string& origin);

Tokenizer tokenizer_of(const KeptTokenizer& kept, const std::string& origin);

}  // namespace pfm::nlp
