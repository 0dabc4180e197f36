#include <pfm/nlp/unicode.h>
#include <pfm/nlp/word_split.h>

#include <array>

namespace pfm::nlp {
namespace {

enum class Kind { space, letter, number, other };

Kind kind(char32_t point) {
  return is_letter(point)        ? Kind::letter
         : is_number(point)      ? Kind::number
         : is_white_space(point) ? Kind::space
                                 : Kind::other;
}

Kind kind_at_begin(std::string_view text) { return kind(take_point(text)); }

// The length of an ending like 's, or 0.
std::size_t contraction(std::string_view text) {
  constexpr std::array<std::string_view, 7> endings{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"};
  for (const std::string_view ending : endings)
    if (text.starts_with(ending)) return ending.size();
  return 0;
}

struct Run {
  std::size_t bytes = 0, last = 0;  // all of it, and up to its last character
};

// Characters of one kind at the begin of `text`.
Run run(std::string_view text, Kind of) {
  Run r;
  for (std::string_view rest = text; !rest.empty() && kind(take_point(rest)) == of;)
    r.last = r.bytes, r.bytes = text.size() - rest.size();
  return r;
}

std::size_t gpt2_word(std::string_view text) {
  if (const std::size_t ending = contraction(text)) return ending;
  const Kind first = kind_at_begin(text);
  if (first != Kind::space) return run(text, first).bytes;
  if (text[0] == ' ' && text.size() > 1) {
    const Kind second = kind_at_begin(text.substr(1));
    if (second != Kind::space) return 1 + run(text.substr(1), second).bytes;
  }
  const Run spaces = run(text, Kind::space);
  return spaces.bytes == text.size() || spaces.last == 0 ? spaces.bytes : spaces.last;
}

}  // namespace

std::vector<std::string_view> gpt2_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    words.push_back(text.substr(0, gpt2_word(text)));
    text.remove_prefix(words.back().size());
  }
  return words;
}

std::vector<std::string_view> clip_words(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const Kind first = kind_at_begin(text);
    std::size_t length = contraction(text);
    if (length == 0 && first == Kind::number) {
      std::string_view rest = text;
      take_point(rest);
      length = text.size() - rest.size();
    }
    if (length == 0) length = run(text, first).bytes;
    if (first != Kind::space) words.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return words;
}

}  // namespace pfm::nlp
