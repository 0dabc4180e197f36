// Text files taken apart field by field; every complaint names file, line and column.
#pragma once
#include <pfm/io/line_blocks.h>
#include <pfm/kernels/matrix.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace pfm::io {

// A regular file opened for reading; the caller closes it. Missing, unreadable, a directory, a pipe:
// Error(Fault::input).
int open_regular(const std::filesystem::path& path);

// The bytes of a regular file. Missing, unreadable, a directory, a pipe: Error(Fault::input).
std::string read_file(const std::filesystem::path& path);

// A data set's name from its file: without folders, .gz and ending, UTF-8.
std::string name_from(const std::filesystem::path& path);

bool is_utf8(std::string_view text);         // and without zero bytes
std::string as_utf8(std::string_view text);  // bytes that are none become U+FFFD: names of files may be any bytes

// The text behind a byte order mark of UTF-8, which some editors set before a file.
std::string_view without_mark(std::string_view text);

std::string lower_case(std::string_view text);  // the letters A to Z

// The first bytes of a text file, plain or gzip, 4 KiB at most; "" if the file cannot be read.
std::string beginning(const std::filesystem::path& path);

// A cursor over lines of fields separated by spaces, tabs or commas. Lines without a field and, where `comments` are
// allowed, lines that start with # or % (or with % alone) are passed over.
class Text {
 public:
  enum class Comments { none, hash_and_percent, percent };
  // `content` must outlive the cursor.
  Text(std::string name, std::string_view content, Comments comments = Comments::none)
      : name_(std::move(name)), rest_(without_mark(content)), comments_(comments) {}
  // A file, plain or gzip, read in pieces: a field is valid until the next line. Copies would share the file.
  explicit Text(const std::filesystem::path& path, Comments comments = Comments::none);
  // Fields are separated by this character alone (repeated ones count as one); 0 = spaces, tabs and commas.
  void separated_by(char delimiter) { delimiter_ = delimiter; }

  bool next_line();                               // to the first field of the next line; false at the end of the file
  bool next_line_or_empty();                      // the same, and lines without a field are lines too
  bool more();                                    // whether the line has another field
  bool more_words();                              // whether it has one that begins with a letter
  std::string_view field(const char* expected);   // the next field; its absence is an error
  std::string_view quoted(const char* expected);  // the same, or what stands between two "; separators may be in it
  std::int64_t integer(const char* expected, std::int64_t lowest, std::int64_t highest);  // both included
  double number(const char* expected);                                                    // finite
  void end_of_line();                                                                     // nothing more may come
  std::string_view whole_line() const;               // from its first byte on, whatever was read of it
  const std::string& name() const { return name_; }  // that stands before messages
  std::int64_t line() const { return line_number_; }
  // Throws Error(Fault::input) about the field read last: "name:line:column: found 'x', expected y".
  [[noreturn]] void fail(const std::string& expected) const;
  // The same with a text of one's own.
  [[noreturn]] void complain(const std::string& what) const;

 private:
  bool refill();
  void skip_separators();
  std::string name_;
  std::shared_ptr<LineBlocks> file_;      // where the lines come from, or null: all are in rest_
  std::shared_ptr<std::string> block_;    // what rest_ is part of
  std::string_view rest_, line_, field_;  // after the line; of the line not yet read; read last
  const char* line_begin_ = nullptr;
  std::int64_t line_number_ = 0;
  Comments comments_;
  char delimiter_ = 0;
};

// Whether `c` stands between fields.
inline bool separates(char c, char delimiter) {
  return delimiter != 0 ? c == delimiter || c == '\r' : c == ' ' || c == '\t' || c == ',' || c == '\r';
}

}  // namespace pfm::io
