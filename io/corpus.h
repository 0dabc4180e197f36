// Texts to learn from: a file of documents, one after the other.
#pragma once
#include <pfm/io/lines.h>

#include <vector>

namespace pfm::io {

// Documents are separated by blank lines (nothing but spaces, tabs). Read in pieces, plain or gzip: memory holds one
// document. Nothing is lost: one of more than 16 MiB is cut where a line ends, and what follows is a document of its
// own.
class Corpus {
 public:
  // Missing, unreadable, damaged gzip data, lines that are not UTF-8 or hold a zero byte: Error(Fault::input), here and
  // below.
  explicit Corpus(const std::filesystem::path& path) : lines_(path) {}

  bool next();                                       // to the next document; false at the end
  const std::string& text() const { return text_; }  // its lines with LF between; never empty
  std::int64_t line() const { return line_; }        // the number of its first line, from 1

 private:
  Lines lines_;
  std::string text_;
  std::int64_t line_ = 0;
};

// The documents of a whole text that is known to be UTF-8.
std::vector<std::string> documents_of(std::string_view text);

// The lines of a document: its sentences where a file holds one a line.
std::vector<std::string_view> lines_of(std::string_view document);

}  // namespace pfm::io
