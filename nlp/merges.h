// Byte-pair encoding (Sennrich et al. 2016, arXiv:1508.07909): neighbouring symbols are joined, the rule learned first
// first, until none applies.
#pragma once
#include <pfm/nlp/vocabulary.h>

#include <utility>

namespace pfm::nlp {

using MergeTexts = std::vector<std::pair<std::string, std::string>>;  // in the order they were learned

class Merges {
 public:
  // A rule whose parts or result the vocabulary lacks, or that comes twice: Error(Fault::input) with its number.
  Merges(const Vocabulary& vocabulary, const MergeTexts& rules, const std::string& origin);

  // `symbols` of one word, joined; the leftmost place first where a rule applies at several. n log n.
  void apply(std::vector<TokenId>& symbols) const;

 private:
  struct Rule {
    std::int32_t rank;
    TokenId joined;
  };
  const Rule* rule(TokenId left, TokenId right) const;
  std::unordered_map<std::uint64_t, Rule> rules_;  // by both ids
};

}  // namespace pfm::nlp
