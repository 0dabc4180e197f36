// How byte-level tokenizers cut a text into words before bytes are joined: the patterns of GPT-2 and CLIP.
#pragma once
#include <string_view>
#include <vector>

namespace pfm::nlp {

// 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+ (Radford et al. 2019): every byte is in
// one word, a space goes to the word behind it. Bytes that are no UTF-8 are neither letters nor numbers nor white
// space.
std::vector<std::string_view> gpt2_words(std::string_view text);

// 's|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+ (Radford et al. 2021): white space only parts, digits are words
// each.
std::vector<std::string_view> clip_words(std::string_view text);

}  // namespace pfm::nlp
