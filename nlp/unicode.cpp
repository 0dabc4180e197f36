#include <pfm/kernels/error.h>
#include <pfm/nlp/unicode.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>

namespace pfm::nlp {
namespace {

constexpr char32_t replacement = 0xFFFD;

utf8proc_category_t category(char32_t point) { return utf8proc_category(utf8proc_int32_t(point)); }

bool within(char32_t point, utf8proc_category_t first, utf8proc_category_t last) {
  const utf8proc_category_t c = category(point);
  return c >= first && c <= last;
}

std::u32string normalised(std::u32string_view points, utf8proc_option_t form) {
  constexpr char32_t first_with_another_form = 0xC0;
  if (std::ranges::all_of(points, [](char32_t p) { return p < first_with_another_form; }))
    return std::u32string(points);
  const std::string text = utf8(points);
  utf8proc_uint8_t* result = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), utf8proc_ssize_t(text.size()), &result,
                   utf8proc_option_t(UTF8PROC_STABLE | form));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(result, std::free);
  if (size == UTF8PROC_ERROR_NOMEM) throw std::bad_alloc();
  expect(size >= 0, "normalised: UTF-8 of our own");
  return points_of({reinterpret_cast<const char*>(result), std::size_t(size)});
}

}  // namespace

char32_t take_point(std::string_view& text) {
  utf8proc_int32_t point = 0;
  const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  const utf8proc_ssize_t used = utf8proc_iterate(bytes, utf8proc_ssize_t(text.size()), &point);
  text.remove_prefix(used > 0 ? std::size_t(used) : 1);
  return used > 0 ? char32_t(point) : replacement;
}

std::u32string points_of(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  while (!text.empty()) points.push_back(take_point(text));
  return points;
}

void append_utf8(std::string& text, char32_t point) {
  std::array<utf8proc_uint8_t, 4> coded{};
  const utf8proc_ssize_t size = utf8proc_encode_char(utf8proc_int32_t(point), coded.data());
  text.append(reinterpret_cast<const char*>(coded.data()), std::size_t(size));
}

std::string utf8(std::u32string_view points) {
  std::string text;
  text.reserve(points.size());
  for (const char32_t point : points) append_utf8(text, point);
  return text;
}

bool is_letter(char32_t point) { return within(point, UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LO); }
bool is_number(char32_t point) { return within(point, UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NO); }
bool is_punctuation(char32_t point) { return within(point, UTF8PROC_CATEGORY_PC, UTF8PROC_CATEGORY_PO); }
bool is_accent(char32_t point) { return category(point) == UTF8PROC_CATEGORY_MN; }
bool is_other(char32_t point) {
  return category(point) == UTF8PROC_CATEGORY_CN || within(point, UTF8PROC_CATEGORY_CC, UTF8PROC_CATEGORY_CO);
}

bool is_white_space(char32_t point) {
  return (point >= 0x09 && point <= 0x0D) || point == 0x85 || within(point, UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_ZP);
}

bool is_cjk_ideograph(char32_t point) {
  constexpr std::array<std::array<char32_t, 2>, 8> blocks{{{0x4E00, 0x9FFF},
                                                           {0x3400, 0x4DBF},
                                                           {0x20000, 0x2A6DF},
                                                           {0x2A700, 0x2B73F},
                                                           {0x2B740, 0x2B81F},
                                                           {0x2B820, 0x2CEAF},
                                                           {0xF900, 0xFAFF},
                                                           {0x2F800, 0x2FA1F}}};
  return std::ranges::any_of(blocks, [&](const auto& block) { return point >= block[0] && point <= block[1]; });
}

std::u32string decomposed(std::u32string_view points) { return normalised(points, UTF8PROC_DECOMPOSE); }
std::u32string composed(std::u32string_view points) { return normalised(points, UTF8PROC_COMPOSE); }

std::u32string lower_case(std::u32string_view points) {
  constexpr char32_t dotted_capital_i = 0x130, dot_above = 0x307;  // the one letter that becomes two
  std::u32string result;
  result.reserve(points.size());
  for (const char32_t point : points) {
    if (point == dotted_capital_i)
      result.append({U'i', dot_above});
    else
      result.push_back(char32_t(utf8proc_tolower(utf8proc_int32_t(point))));
  }
  return result;
}

}  // namespace pfm::nlp
