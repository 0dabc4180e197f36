#include <pfm/io/lines.h>
#include <pfm/nlp/byte_letters.h>
#include <pfm/nlp/clip_bpe.h>
#include <pfm/nlp/read_vocabulary.h>
#include <pfm/nlp/special_roles.h>
#include <pfm/nlp/unicode.h>
#include <pfm/nlp/word_split.h>

#include <array>

namespace pfm::nlp {
namespace {

constexpr std::string_view word_end = "</w>";
constexpr std::size_t used_merges = 48'894;
constexpr const char *start_text = "<|startoftext|>", *end_text = "<|endoftext|>";

struct Model {
  std::shared_ptr<const Vocabulary> vocabulary;
  Merges merges;
  SpecialSpelling spelling;
  std::array<TokenId, 256> letters{}, last_letters{};  // of each byte, within a word and at its end

  void append(TokenIds& ids, std::string_view text) const {
    const std::string normal = utf8(lower_case(composed(points_of(text))));
    for (const std::string_view word : clip_words(normal)) {
      TokenIds symbols;
      for (const char byte : word) symbols.push_back(letters[static_cast<unsigned char>(byte)]);
      symbols.back() = last_letters[static_cast<unsigned char>(word.back())];
      merges.apply(symbols);
      ids.insert(ids.end(), symbols.begin(), symbols.end());
    }
  }
};

std::string decoded(std::span<const TokenId> ids, const Vocabulary& vocabulary, const SpecialTokens& special) {
  std::string text;
  for (const TokenId id : ids) {
    if (special.has(id)) continue;
    std::string_view letters = vocabulary.text(id);
    const bool last = letters.ends_with(word_end);
    if (last) letters.remove_suffix(word_end.size());
    text += bytes_of_letters(letters) + (last ? " " : "");
  }
  return std::string(io::trimmed(text));
}

}  // namespace

Tokenizer clip_bpe(std::shared_ptr<const Vocabulary> vocabulary, const MergeTexts& merges, const std::string& origin,
                   const std::vector<SpecialSpelling::Special>& added) {
  Tokenizer t;
  t.vocabulary = vocabulary;
  const TokenId start = vocabulary->need(start_text), end = vocabulary->need(end_text);
  t.special = {.unknown = end, .padding = end, .begin = start, .end = end};
  t.frame = {.before = {start}, .between = {end, start}, .behind = {end}};
  auto model = std::make_shared<Model>(
      Model{vocabulary, Merges(*vocabulary, merges, origin), spelling_of(*vocabulary, t.special, added)});
  for (std::size_t byte = 0; byte < 256; ++byte) {
    model->letters[byte] = vocabulary->need(byte_letters()[byte]);
    model->last_letters[byte] = vocabulary->need(byte_letters()[byte] + std::string(word_end));
  }
  t.encode = [=](std::string_view text) {
    TokenIds ids;
    for (const auto& part : model->spelling.split(text)) {
      if (part.special != no_token)
        ids.push_back(part.special);
      else
        model->append(ids, part.text);
    }
    return ids;
  };
  t.decode = [=, special = t.special](std::span<const TokenId> ids) { return decoded(ids, *vocabulary, special); };
  t.continues = [=, special = t.special](TokenId before, TokenId id) {
    return !special.has(before) && !special.has(id) && !vocabulary->text(before).ends_with(word_end);
  };
  return t;
}

Tokenizer read_clip_bpe(const std::filesystem::path& path) {
  io::Lines lines(path);
  const MergeTexts merges = read_merges(lines, used_merges);
  std::vector<std::string> texts;
  for (const unsigned char byte : byte_order()) texts.push_back(byte_letters()[byte]);
  for (std::size_t i = 0; i < 256; ++i) texts.push_back(texts[i] + std::string(word_end));
  for (const auto& [left, right] : merges) texts.push_back(left + right);
  texts.insert(texts.end(), {start_text, end_text});
  return clip_bpe(std::make_shared<const Vocabulary>(std::move(texts), path.string()), merges, path.string());
}

}  // namespace pfm::nlp
