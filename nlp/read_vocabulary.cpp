#include <fmt/format.h>
#include <pfm/io/lines.h>
#include <pfm/kernels/error.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/read_vocabulary.h>

namespace pfm::nlp {

constexpr std::size_t longest_token = 4096;  // bytes

std::vector<std::string> read_token_lines(io::Lines& lines) {
  std::vector<std::string> texts;
  while (lines.next()) {
    const std::string_view line = lines.line();
    if (line.empty()) lines.fail(line, "found an empty line, expected a token");
    if (line.size() > longest_token)
      lines.fail(line, fmt::format("found a token of {} bytes, expected {} at most", line.size(), longest_token));
    texts.emplace_back(line);
  }
  return texts;
}

std::vector<std::string> token_texts(const nlohmann::json& ids, const std::string& origin) {
  auto fail = [&](const std::string& what) { throw Error(Fault::input, fmt::format("{}: {}", origin, what)); };
  if (!ids.is_object()) fail("found no object, expected {token: id, ..}");
  std::vector<std::string> texts(ids.size());
  std::vector<char> given(ids.size(), 0);
  for (const auto& [text, id] : ids.items()) {
    if (!id.is_number_unsigned())
      fail(fmt::format("token {}: found {}, expected an id", io::excerpt(text), io::excerpt(id.dump())));
    const auto i = id.get<std::uint64_t>();
    if (i >= texts.size())
      fail(fmt::format("token {} has id {}, but ids of {} tokens run from 0 to {}", io::excerpt(text), i, texts.size(),
                       texts.size() - 1));
    if (given[i] != 0)
      fail(fmt::format("tokens {} and {} have id {} both", io::excerpt(texts[i]), io::excerpt(text), i));
    texts[i] = text, given[i] = 1;
  }
  return texts;
}

MergeTexts read_merges(io::Lines& lines, std::size_t count) {
  MergeTexts merges;
  while (merges.size() < count && lines.next()) {
    const std::string_view line = lines.line();
    if (lines.number() == 1 && line.find("#version") != std::string_view::npos) continue;
    const auto [left, right] = io::cut(line, ' ');
    if (left.empty() || right.empty() || right.find(' ') != std::string_view::npos || line.size() > longest_token)
      lines.fail(line, fmt::format("found {}, expected two tokens and a space between", io::excerpt(line)));
    merges.emplace_back(left, right);
  }
  return merges;
}

}  // namespace pfm::nlp
