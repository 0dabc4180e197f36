#include <pfm/nlp/special_roles.h>
#include <pfm/nlp/word_vocabulary.h>

#include <algorithm>

namespace pfm::nlp {

void count_basic_tokens(WordCounts& counts, std::string_view text, Case letters) {
  for (std::string& word : basic_tokens(text, letters)) ++counts[std::move(word)];
}

std::vector<std::string> most_frequent_words(const WordCounts& counts, std::size_t size, std::int64_t least) {
  std::vector<std::string> texts{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
  expect(size >= texts.size(), "most_frequent_words: room for the special tokens");
  std::vector<std::pair<std::int64_t, std::string_view>> words;
  for (const auto& [word, count] : counts)
    if (count >= least && std::ranges::find(texts, word) == texts.end()) words.emplace_back(-count, word);
  std::ranges::sort(words);
  words.resize(std::min(words.size(), size - texts.size()));
  for (const auto& word : words) texts.emplace_back(word.second);
  return texts;
}

Tokenizer word_level(std::shared_ptr<const Vocabulary> vocabulary, Case letters) {
  Tokenizer t;
  t.vocabulary = vocabulary;
  t.special = bert_roles(*vocabulary);
  for (const char* needed : {"[UNK]", "[CLS]", "[SEP]"}) vocabulary->need(needed);
  t.frame = bert_frame(t.special);
  const SpecialSpelling spelling = spelling_of(*vocabulary, t.special, {});
  t.encode = [=, unknown = t.special.unknown](std::string_view text) {
    TokenIds ids;
    for (const auto& part : spelling.split(text)) {
      if (part.special != no_token) ids.push_back(part.special);
      if (part.special != no_token) continue;
      for (const std::string& word : basic_tokens(part.text, letters)) {
        const TokenId id = vocabulary->find(word);
        ids.push_back(id == no_token ? unknown : id);
      }
    }
    return ids;
  };
  t.decode = [=, special = t.special](std::span<const TokenId> ids) {
    std::string text;
    for (const TokenId id : ids)
      if (!special.has(id)) text += (text.empty() ? "" : " ") + vocabulary->text(id);
    return text;
  };
  t.continues = [](TokenId, TokenId) { return false; };
  return t;
}

}  // namespace pfm::nlp
