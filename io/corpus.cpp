#include <pfm/io/corpus.h>
#include <pfm/io/text.h>

namespace pfm::io {

bool Corpus::next() {
  constexpr std::size_t longest = 16 << 20;
  text_.clear();
  while (text_.size() < longest && lines_.next()) {
    const std::string_view line = lines_.line();
    if (!is_utf8(line)) lines_.fail(line, "is not UTF-8 or holds a zero byte; convert the file to UTF-8 (iconv)");
    const bool blank = trimmed(line).empty();
    if (blank && !text_.empty()) return true;
    if (blank) continue;
    if (text_.empty()) line_ = lines_.number();
    text_.append(text_.empty() ? "" : "\n").append(line);
  }
  return !text_.empty();
}

std::vector<std::string> documents_of(std::string_view text) {
  std::vector<std::string> documents{""};
  for (const std::string_view line : lines_of(text)) {
    const bool blank = trimmed(line).empty();
    if (blank && !documents.back().empty()) documents.emplace_back();
    if (!blank) documents.back().append(documents.back().empty() ? "" : "\n").append(line);
  }
  if (documents.back().empty()) documents.pop_back();
  return documents;
}

std::vector<std::string_view> lines_of(std::string_view document) {
  std::vector<std::string_view> lines;
  while (!document.empty()) {
    const auto [line, rest] = cut(document, '\n');
    lines.push_back(line);
    document = rest;
  }
  return lines;
}

}  // namespace pfm::io
