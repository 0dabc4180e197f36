// Every character a token.
#pragma once
#include <pfm/nlp/tokenizer.h>

#include <set>

namespace pfm::nlp {

void collect_characters(std::set<char32_t>& seen, std::string_view text);

// [PAD] [UNK] [CLS] [SEP] [MASK], then the characters by code point; the zero byte, which is no token, is left out.
std::vector<std::string> character_texts(const std::set<char32_t>& seen);

// Code points; one that the vocabulary lacks is [UNK], without which: Error(Fault::input). No frame. Decoded text is as
// it was but for what was unknown. Words are what stands between white space.
Tokenizer characters(std::shared_ptr<const Vocabulary> vocabulary);

}  // namespace pfm::nlp
