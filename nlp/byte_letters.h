// GPT-2's alphabet: every byte as one printable character, so that a vocabulary of bytes is a text file.
#pragma once
#include <array>
#include <string>
#include <string_view>

namespace pfm::nlp {

// The character of each byte, in UTF-8: ! to ~, U+00A1 to U+00AC and U+00AE to U+00FF stand for themselves, the other
// 68 bytes in order for U+0100, U+0101, ..: a space is U+0120.
const std::array<std::string, 256>& byte_letters();

// The bytes in the order in which CLIP numbers them: those that stand for themselves, then the others.
std::array<unsigned char, 256> byte_order();

// Back: characters that stand for no byte stay as they are.
std::string bytes_of_letters(std::string_view letters);

}  // namespace pfm::nlp
