// A text file line by line, plain or gzip: for formats whose lines are not simply fields between spaces.
#pragma once
#include <pfm/io/line_blocks.h>

#include <filesystem>
#include <string>
#include <string_view>

namespace pfm::io {

class Lines {
 public:
  // Missing, unreadable, a directory, a pipe, damaged gzip data: Error(Fault::input), here and below.
  explicit Lines(const std::filesystem::path& path) : blocks_(path) {}

  bool next();                                     // to the next line, empty ones too; false at the end
  std::string_view line() const { return line_; }  // without its LF or CR LF; valid until the next
  std::int64_t number() const { return number_; }  // of the line, from 1
  std::string name() const { return blocks_.path().string(); }
  // Throws Error(Fault::input) "name:line:column: what", the column that of `at`, a part of the line.
  [[noreturn]] void fail(std::string_view at, const std::string& what) const;

 private:
  LineBlocks blocks_;
  std::string block_;
  std::string_view rest_, line_;
  std::int64_t number_ = 0;
};

// 'text', shortened where it is long, for messages.
std::string excerpt(std::string_view text);

// The text before and after the first `separator`; where there is none all of it comes before.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator);

// Without spaces, tabs and line breaks at its ends.
std::string_view trimmed(std::string_view text);

}  // namespace pfm::io
