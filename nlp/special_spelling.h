// Special tokens that a text spells out: found before anything else is done to it.
#pragma once
#include <pfm/nlp/tokenizer.h>

namespace pfm::nlp {

class SpecialSpelling {
 public:
  explicit SpecialSpelling(const Vocabulary& vocabulary, const TokenIds& special);

  // A stretch of ordinary text (never empty), or one special token.
  struct Part {
    std::string_view text;
    TokenId special = no_token;
  };
  // The parts of `text` in order; where two special tokens begin at one place the longer one is meant.
  std::vector<Part> split(std::string_view text) const;

 private:
  struct Spelled {
    std::string text;
    TokenId id;
  };
  std::vector<Spelled> spelled_;  // longest first
};

}  // namespace pfm::nlp
