#include <pfm/io/numpy_type.h>
#include <pfm/io/text.h>
#include <utf8proc.h>

#include <array>
#include <charconv>
#include <cstring>

namespace pfm::io {

std::optional<NumpyType> numpy_type(std::string_view code) {
  if (code.starts_with('<') || code.starts_with('|')) code.remove_prefix(1);
  for (const char* number : {"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"})
    if (code == number) return NumpyType{code[0], std::size_t(code[1] - '0')};
  if (code == "O" || code == "O8") return NumpyType{'O', 8};
  if (code.empty() || (code[0] != 'S' && code[0] != 'U')) return std::nullopt;
  constexpr std::size_t longest = 1 << 20;  // characters of an element
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(code.data() + 1, code.data() + code.size(), length);
  if (error != std::errc() || end != code.data() + code.size() || length < 1 || length > longest) return std::nullopt;
  return NumpyType{code[0], code[0] == 'U' ? 4 * length : length};
}

template <class T>
static T load(const char* element) {
  T value;
  std::memcpy(&value, element, sizeof value);
  return value;
}

std::optional<std::int64_t> integer_at(NumpyType type, const char* element) {
  const bool is_signed = type.kind == 'i';
  if (type.kind == 'b') return element[0] != 0;
  switch (type.size) {
    case 1:
      return is_signed ? std::int64_t(load<std::int8_t>(element)) : load<std::uint8_t>(element);
    case 2:
      return is_signed ? std::int64_t(load<std::int16_t>(element)) : load<std::uint16_t>(element);
    case 4:
      return is_signed ? std::int64_t(load<std::int32_t>(element)) : load<std::uint32_t>(element);
    default:
      if (!is_signed && load<std::uint64_t>(element) > std::uint64_t(INT64_MAX)) return std::nullopt;
      return load<std::int64_t>(element);
  }
}

double number_at(NumpyType type, const char* element) {
  if (type.kind == 'f') return type.size == 4 ? double(load<float>(element)) : load<double>(element);
  if (type.kind == 'u' && type.size == 8) return double(load<std::uint64_t>(element));
  return double(*integer_at(type, element));
}

std::optional<std::string> text_at(NumpyType type, const char* element) {
  std::string text;
  if (type.kind == 'S') {
    text.assign(element, type.size);
    text.resize(text.find_last_not_of('\0') + 1);
    if (!is_utf8(text)) return std::nullopt;
    return text;
  }
  std::size_t length = type.size / 4;
  while (length > 0 && load<std::uint32_t>(element + 4 * (length - 1)) == 0) --length;
  for (std::size_t i = 0; i < length; ++i) {
    const auto point = load<std::uint32_t>(element + 4 * i);
    std::array<utf8proc_uint8_t, 4> bytes{};
    if (point == 0 || point > 0x10FFFF || !utf8proc_codepoint_valid(utf8proc_int32_t(point))) return std::nullopt;
    const auto count = utf8proc_encode_char(utf8proc_int32_t(point), bytes.data());
    text.append(reinterpret_cast<const char*>(bytes.data()), std::size_t(count));
  }
  return text;
}

}  // namespace pfm::io
