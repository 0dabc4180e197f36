// What every tokenizer is: text to ids and back, the tokens with a meaning of their own, and how sequences are framed.
#pragma once
#include <pfm/nlp/vocabulary.h>

#include <functional>
#include <memory>
#include <span>

namespace pfm::nlp {

using TokenIds = std::vector<TokenId>;

// Ids of the tokens with a role, no_token where a tokenizer has none.
struct SpecialTokens {
  TokenId unknown = no_token, padding = no_token, mask = no_token;
  TokenId begin = no_token;  // stands before a sequence: [CLS], <s>, <|startoftext|>
  TokenId end = no_token;    // stands behind it or between two: [SEP], </s>, <|endoftext|>

  bool has(TokenId id) const {
    return id != no_token && (id == unknown || id == padding || id == mask || id == begin || id == end);
  }
};

// What stands before a sequence, between the two of a pair, and behind: BERT [CLS] a [SEP] b [SEP].
struct Frame {
  TokenIds before, between, behind;
};

// A value: copies share the vocabulary.
struct Tokenizer {
  std::shared_ptr<const Vocabulary> vocabulary;
  SpecialTokens special;
  Frame frame;
  // Ids of the text alone, any bytes: what is not UTF-8 is kept by byte-level tokenizers and is U+FFFD to the others. A
  // special token that the text spells exactly is that token (but for SentencePiece's).
  std::function<TokenIds(std::string_view text)> encode;
  // The text; special tokens are left out. Byte-level tokenizers give back the bytes exactly. Ids outside the
  // vocabulary break an expectation.
  std::function<std::string(std::span<const TokenId> ids)> decode;
  // Whether `id` goes on with the word that `before` is part of: whole words are hidden, spans begin at words.
  std::function<bool(TokenId before, TokenId id)> continues;
};

TokenIds framed(const Tokenizer& tokenizer, std::string_view text);

// How a pair that is too long is cut: both to about the same length, the second getting the odd token where they were
// equally long; or only the second. (The reference is the library tokenizers, not BERT's original loop.)
enum class Truncation { longest_first, only_second };

struct FramedPair {
  TokenIds ids;
  std::vector<std::int8_t> segments;  // 0 to the end of the separator between them, then 1
};
// At most `limit` tokens. The frame alone being longer, or the second text too short for what has to go:
// Error(Fault::usage).
FramedPair framed_pair(const Tokenizer& tokenizer, std::string_view first, std::string_view second, std::size_t limit,
                       Truncation truncation);
FramedPair framed_pair(const Frame& frame, TokenIds first, TokenIds second, std::size_t limit, Truncation truncation);

FramedPair framed_text(const Frame& frame, const TokenIds& text);  // all of the first text

}  // namespace pfm::nlp
