// A text file that is written piece by piece through a buffer; it appears whole or not at all.
#pragma once
#include <pfm/io/atomic_file.h>

#include <charconv>
#include <cstring>

namespace pfm::io {

class TextFile {
 public:
  // Every failure here and below: Error(Fault::writing).
  explicit TextFile(const std::filesystem::path& path) : file_(path), buffer_(capacity, '\0') {}
  TextFile& operator<<(char c) { return buffer_[room(1)] = c, ++used_, *this; }
  TextFile& operator<<(std::string_view text);
  TextFile& operator<<(const char* text) { return *this << std::string_view(text); }
  // A number as its shortest text that reads back as the same number.
  TextFile& operator<<(Real value) { return number(value); }
  TextFile& operator<<(std::int64_t value) { return number(value); }
  TextFile& operator<<(std::int32_t value) { return number(value); }
  void commit();

 private:
  static constexpr std::size_t capacity = 1 << 20, longest_number = 64;
  // Where the next `size` bytes go.
  std::size_t room(std::size_t size) {
    if (used_ + size > capacity) flush();
    return used_;
  }
  void flush();
  template <class Number>
  TextFile& number(Number value) {
    char* begin = buffer_.data() + room(longest_number);
    used_ += std::size_t(std::to_chars(begin, begin + longest_number, value).ptr - begin);
    return *this;
  }
  AtomicFile file_;
  std::string buffer_;
  std::size_t used_ = 0;
};

}  // namespace pfm::io
