#include <fmt/format.h>
#include <pfm/nlp/read_vocabulary.h>
#include <pfm/nlp/special_roles.h>
#include <pfm/nlp/unicode.h>
#include <pfm/nlp/word_piece.h>

#include <algorithm>
#include <array>

namespace pfm::nlp {
namespace {

constexpr std::string_view inside = "##";
constexpr std::size_t longest_word = 100;  // characters

bool is_mark(char32_t point) {
  const bool ascii_sign = (point >= 33 && point <= 47) || (point >= 58 && point <= 64) ||
                          (point >= 91 && point <= 96) || (point >= 123 && point <= 126);
  return ascii_sign || is_punctuation(point);
}

// Without control characters, white space as spaces, ideographs between spaces.
std::u32string cleaned(std::string_view text) {
  constexpr char32_t replacement = 0xFFFD;
  std::u32string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const char32_t point = take_point(text);
    const bool line_control = point == U'\t' || point == U'\n' || point == U'\r';
    if (point == 0 || point == replacement || (is_other(point) && !line_control)) continue;
    if (is_white_space(point))
      result += U' ';
    else if (is_cjk_ideograph(point))
      result.append({U' ', point, U' '});
    else
      result += point;
  }
  return result;
}

std::u32string without_accents(std::u32string_view points) {
  std::u32string result = decomposed(points);
  std::erase_if(result, is_accent);
  return result;
}

// Calls each(word) for every basic token.
template <class Each>
void for_words(std::string_view text, Case letters, Each each) {
  std::u32string points = cleaned(text);
  if (letters == Case::lower) points = lower_case(without_accents(points));
  std::size_t begin = 0;
  const auto end_word = [&](std::size_t at) {
    if (at > begin) each(std::u32string_view(points).substr(begin, at - begin));
    begin = at + 1;
  };
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool space = is_white_space(points[i]);
    if (!space && !is_mark(points[i])) continue;
    end_word(i);
    if (!space) each(std::u32string_view(points).substr(i, 1));
  }
  end_word(points.size());
}

// The pieces of one word, or unknown.
void append_pieces(TokenIds& ids, std::u32string_view word, const Vocabulary& vocabulary, TokenId unknown) {
  if (word.size() > longest_word) return ids.push_back(unknown);
  const std::size_t before = ids.size();
  std::array<std::size_t, longest_word + 1> ends{};  // bytes of the first i characters
  std::string bytes;
  for (std::size_t i = 0; i < word.size(); ++i) append_utf8(bytes, word[i]), ends[i + 1] = bytes.size();
  for (std::size_t begin = 0; begin < word.size();) {
    std::size_t end = word.size();
    TokenId found = no_token;
    for (; end > begin && found == no_token; --end) {
      const std::string_view piece = std::string_view(bytes).substr(ends[begin], ends[end] - ends[begin]);
      found = begin == 0 ? vocabulary.find(piece) : vocabulary.find(std::string(inside).append(piece));
    }
    if (found == no_token) {
      ids.resize(before);
      return ids.push_back(unknown);
    }
    ids.push_back(found);
    begin = end + 1;  // the loop went one beyond
  }
}

// What the reference makes of spaces before marks and endings of words.
std::string tightened(std::string text) {
  constexpr std::array<std::string_view, 9> tight{".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re"};
  for (const std::string_view ending : tight) {
    const std::string apart = fmt::format(" {}", ending);
    for (std::size_t at = 0; (at = text.find(apart, at)) != std::string::npos;) text.erase(at, 1);
  }
  return text;
}

std::string joined(std::span<const TokenId> ids, const Vocabulary& vocabulary, const SpecialTokens& special) {
  std::string text;
  bool first = true;
  for (const TokenId id : ids) {
    if (special.has(id)) continue;
    const std::string& piece = vocabulary.text(id);
    const bool part = !first && piece.starts_with(inside);
    text += tightened(first ? piece : part ? piece.substr(inside.size()) : fmt::format(" {}", piece));
    first = false;
  }
  return text;
}

}  // namespace

std::vector<std::string> basic_tokens(std::string_view text, Case letters) {
  std::vector<std::string> words;
  for_words(text, letters, [&](std::u32string_view word) { words.push_back(utf8(word)); });
  return words;
}

Tokenizer word_piece(std::shared_ptr<const Vocabulary> vocabulary, Case letters,
                     const std::vector<SpecialSpelling::Special>& added) {
  Tokenizer t;
  t.vocabulary = vocabulary;
  const bool as_bert = vocabulary->find("[CLS]") != no_token || vocabulary->find("<s>") == no_token;
  t.special = as_bert ? bert_roles(*vocabulary) : roberta_roles(*vocabulary);
  t.special.unknown = vocabulary->need("[UNK]");
  t.special.begin = vocabulary->need(as_bert ? "[CLS]" : "<s>");
  t.special.end = vocabulary->need(as_bert ? "[SEP]" : "</s>");
  t.frame = as_bert ? bert_frame(t.special) : roberta_frame(t.special);
  const SpecialSpelling spelling = spelling_of(*vocabulary, t.special, added);
  t.encode = [=, unknown = t.special.unknown](std::string_view text) {
    TokenIds ids;
    for (const auto& part : spelling.split(text)) {
      if (part.special != no_token)
        ids.push_back(part.special);
      else
        for_words(part.text, letters,
                  [&](std::u32string_view word) { append_pieces(ids, word, *vocabulary, unknown); });
    }
    return ids;
  };
  t.decode = [=, special = t.special](std::span<const TokenId> ids) { return joined(ids, *vocabulary, special); };
  t.continues = [=](TokenId, TokenId id) { return vocabulary->text(id).starts_with(inside); };
  return t;
}

Tokenizer read_word_piece(const std::filesystem::path& path, Case letters) {
  io::Lines lines(path);
  return word_piece(std::make_shared<const Vocabulary>(read_token_lines(lines), lines.name()), letters);
}

}  // namespace pfm::nlp
