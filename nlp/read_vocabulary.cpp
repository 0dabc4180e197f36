#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/kernels/error.h>
#include <pfm/nlp/read_vocabulary.h>

namespace pfm::nlp {

constexpr std::size_t longest_token = 4096;  // bytes

std::vector<std::string> read_token_lines(const std::filesystem::path& path) {
  std::vector<std::string> texts;
  for (io::Lines lines(path); lines.next();) {
    const std::string_view line = lines.line();
    if (line.empty()) lines.fail(line, "found an empty line, expected a token");
    if (line.size() > longest_token)
      lines.fail(line, fmt::format("found a token of {} bytes, expected {} at most", line.size(), longest_token));
    texts.emplace_back(line);
  }
  return texts;
}

}  // namespace pfm::nlp
