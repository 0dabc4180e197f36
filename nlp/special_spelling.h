// Special tokens that a text spells out: found before anything else is done to it.
#pragma once
#include <pfm/nlp/tokenizer.h>

namespace pfm::nlp {

class SpecialSpelling {
 public:
  // A token, and whether white space beside it belongs to it (RoBERTa's <mask> takes what stands before).
  struct Special {
    TokenId id;
    bool takes_before = false, takes_behind = false;
  };
  // Entries whose id is no_token are passed over.
  SpecialSpelling(const Vocabulary& vocabulary, const std::vector<Special>& special);

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
    Special special;
  };
  std::vector<Spelled> spelled_;  // longest first
  std::string first_bytes_;
};

}  // namespace pfm::nlp
