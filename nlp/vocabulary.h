// The tokens of a tokenizer by number and back.
#pragma once
#include <pfm/kernels/error.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace pfm::nlp {

using TokenId = std::int32_t;  // from 0 without gaps: a row of an embedding table
constexpr TokenId no_token = -1;

class Vocabulary {
 public:
  // texts[id] is the token's. `origin` stands before messages: no token, an empty one, one that comes twice or is no
  // UTF-8: Error(Fault::input).
  Vocabulary(std::vector<std::string> texts, const std::string& origin);
  Vocabulary(const Vocabulary&) = delete;
  Vocabulary& operator=(const Vocabulary&) = delete;

  TokenId size() const { return TokenId(texts_.size()); }
  const std::string& text(TokenId id) const {
    expect(id >= 0 && id < size(), "Vocabulary: an id that it has");
    return texts_[std::size_t(id)];
  }
  TokenId find(std::string_view text) const;  // no_token where there is none
  TokenId need(std::string_view text) const;  // Error(Fault::input) where there is none

 private:
  std::vector<std::string> texts_;
  std::unordered_map<std::string_view, TokenId> ids_;
  std::string origin_;
};

}  // namespace pfm::nlp
