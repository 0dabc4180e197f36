#include <pfm/nlp/byte_letters.h>
#include <pfm/nlp/train_bpe.h>
#include <pfm/nlp/word_split.h>

#include <algorithm>
#include <map>
#include <queue>
#include <tuple>

namespace pfm::nlp {
namespace {

using Symbols = std::pair<TokenId, TokenId>;

struct Word {
  std::vector<TokenId> symbols;
  std::int64_t count;
};

struct Seen {
  std::int64_t count = 0;
  std::vector<std::int32_t> words;  // that held it at some time, a word perhaps more than once
};

struct Candidate {
  std::int64_t count;
  Symbols pair;
  bool operator<(const Candidate& other) const { return std::tie(count, other.pair) < std::tie(other.count, pair); }
};

class Learning {
 public:
  Learning(const WordCounts& words, LearnedBpe& into) : into_(into) {
    into_.texts = {"<s>", "<pad>", "</s>", "<unk>", "<mask>"};
    first_byte_ = TokenId(into_.texts.size());
    into_.texts.insert(into_.texts.end(), byte_letters().begin(), byte_letters().end());
    for (std::size_t i = 0; i < into_.texts.size(); ++i) ids_[into_.texts[i]] = TokenId(i);
    const std::map<std::string_view, std::int64_t> sorted(words.begin(), words.end());
    for (const auto& [text, count] : sorted) {
      words_.push_back({{}, count});
      for (const char byte : text) words_.back().symbols.push_back(first_byte_ + static_cast<unsigned char>(byte));
      note(std::int32_t(words_.size()) - 1, 1);
    }
    for (const auto& [pair, seen] : pairs_) candidates_.push({seen.count, pair});
  }

  // The next merge; false when no pair comes twice.
  bool step() {
    while (!candidates_.empty()) {
      const Candidate best = candidates_.top();
      candidates_.pop();
      const std::int64_t now = pairs_[best.pair].count;
      if (now != best.count) {
        if (now > 0) candidates_.push({now, best.pair});  // counted anew since
        continue;
      }
      if (now < 2) return false;
      if (makes_special(best.pair)) continue;
      join(best.pair);
      return true;
    }
    return false;
  }

 private:
  // A text that spells <s> in letters must not become the token of that name.
  bool makes_special(Symbols pair) const {
    const auto found = ids_.find(into_.texts[std::size_t(pair.first)] + into_.texts[std::size_t(pair.second)]);
    return found != ids_.end() && found->second < first_byte_;
  }

  // Counts the pairs of a word once more (sign 1) or takes them back (-1).
  void note(std::int32_t w, std::int64_t sign) {
    const Word& word = words_[std::size_t(w)];
    for (std::size_t i = 0; i + 1 < word.symbols.size(); ++i) {
      Seen& seen = pairs_[{word.symbols[i], word.symbols[i + 1]}];
      seen.count += sign * word.count;
      if (sign > 0 && (seen.words.empty() || seen.words.back() != w)) seen.words.push_back(w);
      if (sign > 0) changed_.push_back({word.symbols[i], word.symbols[i + 1]});
    }
  }

  void join(Symbols pair) {
    const std::string left = into_.texts[std::size_t(pair.first)], right = into_.texts[std::size_t(pair.second)];
    const auto [at, fresh] = ids_.try_emplace(left + right, TokenId(into_.texts.size()));
    if (fresh) into_.texts.push_back(left + right);
    into_.merges.emplace_back(left, right);
    std::vector<std::int32_t> where = std::move(pairs_[pair].words);
    std::ranges::sort(where);
    where.erase(std::unique(where.begin(), where.end()), where.end());
    changed_.clear();
    for (const std::int32_t w : where) {
      note(w, -1);
      replace(words_[std::size_t(w)].symbols, pair, at->second);
      note(w, 1);
    }
    std::ranges::sort(changed_);
    changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
    for (const Symbols& p : changed_) candidates_.push({pairs_[p].count, p});
  }

  static void replace(std::vector<TokenId>& symbols, Symbols pair, TokenId joined) {
    std::size_t out = 0;
    for (std::size_t i = 0; i < symbols.size(); ++out) {
      const bool here = i + 1 < symbols.size() && symbols[i] == pair.first && symbols[i + 1] == pair.second;
      symbols[out] = here ? joined : symbols[i];
      i += here ? 2 : 1;
    }
    symbols.resize(out);
  }

  LearnedBpe& into_;
  TokenId first_byte_ = 0;
  std::map<std::string, TokenId> ids_;
  std::vector<Word> words_;
  std::map<Symbols, Seen> pairs_;
  std::priority_queue<Candidate> candidates_;
  std::vector<Symbols> changed_;
};

}  // namespace

void count_byte_words(WordCounts& counts, std::string_view text) {
  for (const std::string_view word : gpt2_words(text)) ++counts[std::string(word)];
}

LearnedBpe learn_bpe(const WordCounts& words, std::size_t size) {
  LearnedBpe learned;
  Learning learning(words, learned);
  expect(size >= learned.texts.size(), "learn_bpe: room for the special tokens and all bytes");
  while (learned.texts.size() < size && learning.step()) continue;
  return learned;
}

}  // namespace pfm::nlp
