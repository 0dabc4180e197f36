// Code points and the classes of them that tokenizers ask about (Unicode through utf8proc).
#pragma once
#include <string>
#include <string_view>

namespace pfm::nlp {

// The code point that `text` (not empty) begins with, taken off it. A byte that begins no UTF-8 is one U+FFFD.
char32_t take_point(std::string_view& text);
std::u32string points_of(std::string_view text);
std::string utf8(std::u32string_view points);
void append_utf8(std::string& text, char32_t point);

bool is_letter(char32_t point);         // L*
bool is_number(char32_t point);         // N*
bool is_punctuation(char32_t point);    // P*
bool is_other(char32_t point);          // C*: control, format, surrogate, private use, not assigned
bool is_accent(char32_t point);         // Mn: marks without a width
bool is_white_space(char32_t point);    // the property White_Space
bool is_cjk_ideograph(char32_t point);  // what BERT sets apart: the blocks of unified and compatibility ideographs

std::u32string decomposed(std::u32string_view points);  // normal form D
std::u32string composed(std::u32string_view points);    // normal form C
// Point by point, without regard to neighbours: a sigma at the end of a word becomes as any other.
std::u32string lower_case(std::u32string_view points);

}  // namespace pfm::nlp
