#include <pfm/cli/text_lines.h>
#include <pfm/io/text.h>

namespace pfm {

std::vector<std::string> text_lines(io::Lines& lines) {
  std::vector<std::string> texts;
  while (lines.next()) {
    if (!io::is_utf8(lines.line()))
      lines.fail(lines.line(), "is not UTF-8 or holds a zero byte; convert the file to UTF-8 (iconv)");
    texts.emplace_back(lines.line());
  }
  return texts;
}

}  // namespace pfm
