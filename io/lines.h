// A text file line by line, plain or gzip, or a text in memory: for formats whose lines are not simply fields between
// spaces.
#pragma once
#include <pfm/io/line_blocks.h>

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace pfm::io {

class Lines {
 public:
  // Missing, unreadable, a directory, a pipe, damaged gzip data: Error(Fault::input), here and below.
  explicit Lines(const std::filesystem::path& path) : name_(path.string()) { blocks_.emplace(path); }
  // `name` stands before messages.
  Lines(std::string name, std::string content);
  Lines(const Lines&) = delete;
  Lines& operator=(const Lines&) = delete;

  bool next();                                     // to the next line, empty ones too; false at the end
  std::string_view line() const { return line_; }  // without its LF or CR LF; valid until the next
  std::int64_t number() const { return number_; }  // of the line, from 1
  const std::string& name() const { return name_; }
  // Throws Error(Fault::input) "name:line:column: what", the column that of `at`, a part of the line.
  [[noreturn]] void fail(std::string_view at, const std::string& what) const;

 private:
  std::string name_;
  std::optional<LineBlocks> blocks_;  // none: all is in block_
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
