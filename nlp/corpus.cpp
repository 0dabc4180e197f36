#include <pfm/io/text.h>
#include <pfm/nlp/corpus.h>

namespace pfm::nlp {

bool Corpus::next() {
  constexpr std::size_t longest = 16 << 20;
  text_.clear();
  while (text_.size() < longest && lines_.next()) {
    const std::string_view line = lines_.line();
    if (!io::is_utf8(line)) lines_.fail(line, "is not UTF-8 or holds a zero byte; convert the file to UTF-8 (iconv)");
    const bool blank = io::trimmed(line).empty();
    if (blank && !text_.empty()) return true;
    if (blank) continue;
    if (text_.empty()) line_ = lines_.number();
    text_.append(text_.empty() ? "" : "\n").append(line);
  }
  return !text_.empty();
}

std::vector<std::string_view> lines_of(std::string_view document) {
  std::vector<std::string_view> lines;
  while (!document.empty()) {
    const auto [line, rest] = io::cut(document, '\n');
    lines.push_back(line);
    document = rest;
  }
  return lines;
}

}  // namespace pfm::nlp
