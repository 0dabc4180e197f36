// The element types of numpy's arrays, as .npy files and pickles name them.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pfm::io {

struct NumpyType {
  char kind = 0;         // b bool, i and u integers, f floats, S bytes, U characters of 32 bits, O a pickle
  std::size_t size = 0;  // bytes of an element
  bool is_integer() const { return kind == 'b' || kind == 'i' || kind == 'u'; }
  bool is_number() const { return is_integer() || kind == 'f'; }
  bool is_text() const { return kind == 'S' || kind == 'U'; }
};

// Of "<f8", "|b1", "i4", "<U19", "|S3", "|O"; little-endian only. Nothing for every other type.
std::optional<NumpyType> numpy_type(std::string_view code);

double number_at(NumpyType type, const char* element);                        // of a number; exact below 2^53
std::optional<std::int64_t> integer_at(NumpyType type, const char* element);  // of an integer; none beyond 63 bits
// Of a text, without the zeros that fill it up; none where it is not UTF-8 (S) or not a character (U).
std::optional<std::string> text_at(NumpyType type, const char* element);

}  // namespace pfm::io
