#include <fmt/format.h>
#include <pfm/graph/text_samples.h>
#include <pfm/io/corpus.h>
#include <pfm/io/text.h>
#include <pfm/io/text_corpus.h>

#include <algorithm>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;

bool is_of_prose(char c) {
  return static_cast<unsigned char>(c) >= 0x80 || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' ||
         c == '\n' || c == '\r';
}

std::ptrdiff_t words_in(std::string_view line) {
  std::ptrdiff_t words = 0;
  bool within = false;
  for (const char c : line) {
    const bool blank = c == ' ' || c == '\t' || c == '\r';
    words += !blank && !within;
    within = !blank;
  }
  return words;
}

}  // namespace

bool is_text_corpus(const fs::path& path) {
  fs::path plain = path;
  if (plain.extension() == ".gz") plain.replace_extension();
  const std::string ending = lower_case(plain.extension().string());
  if (ending != ".txt" && ending != ".text" && ending != ".md") return false;
  const std::string begin = beginning(path);
  if (begin.empty() || begin.find('\0') != std::string::npos) return false;
  if (10 * std::ranges::count_if(begin, is_of_prose) < 9 * std::ptrdiff_t(begin.size())) return false;
  constexpr std::ptrdiff_t words_of_an_edge = 3;
  const auto lines = lines_of(begin);
  return std::ranges::any_of(lines, [](std::string_view line) { return words_in(line) > words_of_an_edge; });
}

Dataset read_text_corpus(Paths paths, const ReadRules&) {
  std::vector<std::string> texts;
  for (Corpus corpus(paths[0]); corpus.next();) texts.push_back(corpus.text());
  if (texts.empty()) throw Error(Fault::input, fmt::format("{}: has no text", paths[0].string()));
  std::string name = name_from(paths[0]);
  if (name == "input")
    name = as_utf8(fs::absolute(paths[0]).parent_path().filename().string());  // as char-rnn lays data out
  return of_texts(std::move(name), std::move(texts));
}

}  // namespace pfm::io
