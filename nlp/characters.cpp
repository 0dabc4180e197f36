#include <pfm/nlp/characters.h>
#include <pfm/nlp/special_roles.h>
#include <pfm/nlp/unicode.h>

namespace pfm::nlp {
namespace {

bool is_space(const std::string& token) {
  std::string_view rest = token;
  return is_white_space(take_point(rest));
}

}  // namespace

void collect_characters(std::set<char32_t>& seen, std::string_view text) {
  while (!text.empty()) seen.insert(take_point(text));
}

std::vector<std::string> character_texts(const std::set<char32_t>& seen) {
  std::vector<std::string> texts{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  for (const char32_t point : seen)
    if (point != 0) texts.push_back(utf8({&point, 1}));
  return texts;
}

Tokenizer characters(std::shared_ptr<const Vocabulary> vocabulary) {
  Tokenizer t;
  t.vocabulary = vocabulary;
  t.special = bert_roles(*vocabulary);
  vocabulary->need("[UNK]");
  const SpecialSpelling spelling = spelling_of(*vocabulary, t.special, {});
  t.encode = [=, unknown = t.special.unknown](std::string_view text) {
    TokenIds ids;
    for (const auto& part : spelling.split(text)) {
      if (part.special != no_token) ids.push_back(part.special);
      for (std::string_view rest = part.special == no_token ? part.text : ""; !rest.empty();) {
        const char32_t point = take_point(rest);
        const TokenId id = vocabulary->find(utf8({&point, 1}));
        ids.push_back(id == no_token ? unknown : id);
      }
    }
    return ids;
  };
  t.decode = [=, special = t.special](std::span<const TokenId> ids) {
    std::string text;
    for (const TokenId id : ids)
      if (!special.has(id)) text += vocabulary->text(id);
    return text;
  };
  t.continues = [=, special = t.special](TokenId before, TokenId id) {
    const auto within_word = [&](TokenId which) { return !special.has(which) && !is_space(vocabulary->text(which)); };
    return within_word(before) && within_word(id);
  };
  return t;
}

}  // namespace pfm::nlp
