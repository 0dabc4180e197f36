#include <pfm/nlp/byte_bpe.h>
#include <pfm/nlp/byte_letters.h>
#include <pfm/nlp/json_file.h>
#include <pfm/nlp/read_vocabulary.h>
#include <pfm/nlp/special_roles.h>
#include <pfm/nlp/word_split.h>

#include <array>

namespace pfm::nlp {
namespace {

struct Model {
  std::shared_ptr<const Vocabulary> vocabulary;
  Merges merges;
  SpecialSpelling spelling;
  std::array<TokenId, 256> letters{};  // of each byte

  void append(TokenIds& ids, std::string_view text) const {
    for (const std::string_view word : gpt2_words(text)) {
      TokenIds symbols;
      for (const char byte : word) symbols.push_back(letters[static_cast<unsigned char>(byte)]);
      merges.apply(symbols);
      ids.insert(ids.end(), symbols.begin(), symbols.end());
    }
  }
};

}  // namespace

Tokenizer byte_bpe(std::shared_ptr<const Vocabulary> vocabulary, const MergeTexts& merges, PrefixSpace prefix,
                   const std::string& origin, const std::vector<SpecialSpelling::Special>& added) {
  Tokenizer t;
  t.vocabulary = vocabulary;
  t.special = roberta_roles(*vocabulary);
  if (t.special.begin != no_token && t.special.end != no_token) {
    t.frame = roberta_frame(t.special);
  } else {
    const TokenId end = vocabulary->find("<|endoftext|>");
    t.special = {.unknown = end, .begin = end, .end = end};
  }
  auto model = std::make_shared<Model>(
      Model{vocabulary, Merges(*vocabulary, merges, origin), spelling_of(*vocabulary, t.special, added)});
  for (std::size_t byte = 0; byte < 256; ++byte) model->letters[byte] = vocabulary->need(byte_letters()[byte]);
  t.encode = [=](std::string_view text) {
    TokenIds ids;
    for (const auto& part : model->spelling.split(text)) {
      if (part.special != no_token)
        ids.push_back(part.special);
      else if (prefix == PrefixSpace::added && part.text[0] != ' ')
        model->append(ids, ' ' + std::string(part.text));
      else
        model->append(ids, part.text);
    }
    return ids;
  };
  t.decode = [=, special = t.special](std::span<const TokenId> ids) {
    std::string text;
    for (const TokenId id : ids)
      if (!special.has(id)) text += bytes_of_letters(vocabulary->text(id));
    return text;
  };
  t.continues = [=, special = t.special](TokenId before, TokenId id) {
    return !special.has(before) && !special.has(id) && !vocabulary->text(id).starts_with(byte_letters()[' ']);
  };
  return t;
}

Tokenizer read_byte_bpe(const std::filesystem::path& vocabulary, const std::filesystem::path& merges,
                        PrefixSpace prefix) {
  const std::string origin = vocabulary.string();
  io::Lines lines(merges);
  return byte_bpe(std::make_shared<const Vocabulary>(token_texts(read_json(vocabulary), origin), origin),
                  read_merges(lines), prefix, lines.name());
}

}  // namespace pfm::nlp
