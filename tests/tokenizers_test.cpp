// Tokenizers on vocabularies of a few words, and hostile vocabulary files.
#include <doctest/doctest.h>
#include <pfm/io/corpus.h>
#include <pfm/nlp/byte_bpe.h>
#include <pfm/nlp/characters.h>
#include <pfm/nlp/train_bpe.h>
#include <pfm/nlp/word_vocabulary.h>

#include <algorithm>

#include "corruption.h"
#include "temporary.h"

using namespace pfm;
using nlp::Case;
using nlp::TokenIds;

namespace {

std::shared_ptr<const nlp::Vocabulary> vocabulary(std::vector<std::string> texts) {
  return std::make_shared<const nlp::Vocabulary>(std::move(texts), "a test");
}

nlp::Tokenizer bert() {
  return nlp::word_piece(
      vocabulary({"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "a", "##b"}), Case::lower);
}

}  // namespace

TEST_SUITE("tokenizers") {
  TEST_CASE("WordPiece: the longest pieces, or the whole word unknown") {
    const auto t = bert();
    CHECK(t.encode("unaffable") == TokenIds{5, 6, 7});
    CHECK(t.encode("UNAFFABLE \xC3\xA0") == TokenIds{5, 6, 7, 8});
    CHECK(t.encode("unaffablex a") == TokenIds{1, 8});
    CHECK(t.encode("a[MASK]a[mask]") == TokenIds{8, 4, 8, 1, 1, 1});
    CHECK(t.encode(std::string("a") + std::string(99, 'b')).size() == 100);
    CHECK(t.encode(std::string("a") + std::string(100, 'b')) == TokenIds{1});
    CHECK(nlp::framed(t, "a") == TokenIds{2, 8, 3});
    CHECK(t.decode(TokenIds{2, 5, 6, 7, 8, 3}) == "unaffable a");
    CHECK(t.continues(5, 6));
    CHECK(!t.continues(5, 8));
  }

  TEST_CASE("WordPiece: bytes that are no UTF-8 fall out, as U+FFFD does") {
    CHECK(bert().encode("a\xFF\xC3 a\xE4\xBD") == TokenIds{8, 8});
    CHECK(nlp::basic_tokens("\xF0\x9F don't \xE4\xBD\xA0\xE5\xA5\xBD", Case::kept) ==
          std::vector<std::string>{"don", "'", "t", "\xE4\xBD\xA0", "\xE5\xA5\xBD"});
  }

  TEST_CASE("pairs: which text is cut") {
    const auto t = bert();
    const auto ids = [&](const char* a, const char* b, std::size_t limit, nlp::Truncation rule) {
      return nlp::framed_pair(t, a, b, limit, rule).ids;
    };
    using enum nlp::Truncation;
    CHECK(ids("a a a a", "a", 7, longest_first) == TokenIds{2, 8, 8, 8, 3, 8, 3});
    CHECK(ids("a a", "un un", 6, longest_first) == TokenIds{2, 8, 3, 5, 5, 3});
    CHECK(ids("a a a", "un un", 6, longest_first) == TokenIds{2, 8, 8, 3, 5, 3});
    CHECK(ids("a a", "un un", 6, only_second) == TokenIds{2, 8, 8, 3, 5, 3});
    CHECK(ids("a a", "un un", 3, longest_first) == TokenIds{2, 3, 3});
    CHECK_THROWS_WITH_AS(ids("a a a", "un", 6, only_second), doctest::Contains("leaves nothing"), Error);
    CHECK_THROWS_WITH_AS(ids("a", "un", 2, longest_first), doctest::Contains("3 special tokens"), Error);
  }

  TEST_CASE("characters: all of a text, and back") {
    std::set<char32_t> seen;
    nlp::collect_characters(seen, "b\xC3\xA9 a\n");
    const auto t = nlp::characters(vocabulary(nlp::character_texts(seen)));
    CHECK(t.vocabulary->size() == 10);
    CHECK(t.encode("ab\n\xC3\xA9z") == TokenIds{7, 8, 5, 9, 1});
    CHECK(t.decode(t.encode("a b\xC3\xA9\n")) == "a b\xC3\xA9\n");
    CHECK(t.continues(7, 8));
    CHECK(!t.continues(7, 6));
    CHECK(!t.continues(6, 7));
    CHECK_THROWS_WITH_AS(nlp::characters(vocabulary({"a"})), doctest::Contains("lacks the token '[UNK]'"), Error);
  }

  TEST_CASE("words: the most frequent of a text") {
    nlp::WordCounts counts;
    nlp::count_basic_tokens(counts, "The cat, the dog, the bird; cat [MASK]", Case::lower);
    CHECK(nlp::most_frequent_words(counts, 8) ==
          std::vector<std::string>{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", ",", "cat"});
    CHECK(nlp::most_frequent_words(counts, 100, 2).size() == 8);
    const auto t = nlp::word_level(vocabulary(nlp::most_frequent_words(counts, 8)), Case::lower);
    CHECK(nlp::framed(t, "The CAT saw [MASK]") == TokenIds{2, 5, 7, 1, 4, 3});
    CHECK(t.decode(TokenIds{2, 5, 7, 1, 4, 3}) == "the cat");
  }

  TEST_CASE("BPE learned: the pairs that come most often, in this order") {
    // Sennrich et al. 2016, figure 1: low 5, lowest 2, newer 6, wider 3 (there with an end of word, here without).
    const nlp::WordCounts words{{"low", 5}, {"lowest", 2}, {"newer", 6}, {"wider", 3}};
    const auto learned = nlp::learn_bpe(words, 261 + 4);
    CHECK(learned.merges == nlp::MergeTexts{{"e", "r"}, {"l", "o"}, {"lo", "w"}, {"e", "w"}});
    CHECK(learned.texts.size() == 265);
    CHECK(learned.texts.back() == "ew");
    const auto all = nlp::learn_bpe(words, 1000);
    const auto t = nlp::byte_bpe(vocabulary(all.texts), all.merges, nlp::PrefixSpace::none, "a test");
    CHECK(t.encode("newer").size() == 1);
    CHECK(t.encode("lower").size() == 2);
    CHECK(t.decode(t.encode("lower \xFFslow")) == "lower \xFFslow");
    CHECK(nlp::framed(t, "low").front() == 0);
  }

  TEST_CASE("BPE learned: no pair that comes once, repeated letters, nothing that spells a special token") {
    const auto texts = [](const nlp::WordCounts& words) { return nlp::learn_bpe(words, 1000).texts; };
    CHECK(texts({{"abc", 1}}).size() == 261);
    CHECK(nlp::learn_bpe({{"aaaaa", 4}}, 1000).merges == nlp::MergeTexts{{"a", "a"}, {"aa", "a"}, {"aa", "aaa"}});
    const auto twice = nlp::learn_bpe({{"aa", 4}}, 1000);
    const auto leftmost = nlp::byte_bpe(vocabulary(twice.texts), twice.merges, nlp::PrefixSpace::none, "a test");
    CHECK(leftmost.encode("aaa") == TokenIds{261, 5 + 'a'});
    const auto spelled = texts({{"<s>", 9}});
    CHECK(spelled.size() == 262);
    CHECK(std::ranges::count(spelled, "<s>") == 1);
  }

  TEST_CASE("corpora: documents between blank lines, nothing lost") {
    const Temporary folder;
    const auto path = folder / "corpus.txt";
    const auto documents = [&](const std::string& content) {
      put(path, content);
      std::vector<std::pair<std::int64_t, std::string>> found;
      for (io::Corpus corpus(path); corpus.next();) found.emplace_back(corpus.line(), corpus.text());
      return found;
    };
    using Found = std::vector<std::pair<std::int64_t, std::string>>;
    CHECK(documents("") == Found{});
    CHECK(documents("\n \n\t\n") == Found{});
    CHECK(documents("\na\nb\r\n\n \nc") == Found{{2, "a\nb"}, {6, "c"}});
    CHECK(io::lines_of("a\nb") == std::vector<std::string_view>{"a", "b"});
    const std::string line(10 << 20, 'x');
    const auto long_lines = documents(line + "\n" + line + "\n" + line + "\n");
    REQUIRE(long_lines.size() == 2);  // cut where a line ends beyond 16 MiB
    CHECK(long_lines[0].second == line + "\n" + line);
    CHECK(long_lines[1] == std::pair<std::int64_t, std::string>{3, line});
    CHECK_THROWS_WITH_AS(documents("a\nb\xFF\n"), doctest::Contains("corpus.txt:2:1: is not UTF-8"), Error);
    CHECK_THROWS_WITH_AS(documents(std::string("a\0\n", 3)), doctest::Contains("zero byte"), Error);
    CHECK_THROWS_AS(io::Corpus(folder / "none"), Error);
    survive("corpus", "one\ntwo\n\nthree \xC3\xA9\n\n\nfour\n", path, [&] {
      for (io::Corpus corpus(path); corpus.next();) REQUIRE(!corpus.text().empty());
      return true;
    });
  }

  TEST_CASE("hostile: vocab.txt") {
    const Temporary folder;
    const auto path = folder / "vocab.txt";
    const std::string good = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n";
    const auto read = [&](const std::string& content) {
      put(path, content);
      return nlp::read_word_piece(path, Case::lower).vocabulary->size();
    };
    CHECK(read(good) == 7);
    CHECK(read("[UNK]\r\n[CLS]\r\n[SEP]") == 3);
    for (const auto& [content, says] : std::vector<std::pair<std::string, std::string>>{
             {"", "holds no tokens"},
             {"[UNK]\n\n[CLS]\n[SEP]\n", "vocab.txt:2:1: found an empty line"},
             {good + "un\n", "token 7 'un' is token 5 too"},
             {good + "\xFF\n", "is not UTF-8"},
             {good + std::string("a\0b\n", 4), "is not UTF-8"},
             {"[UNK]\n[CLS]\n", "lacks the token '[SEP]'"},
             {good + std::string(10 << 20, 'x'), "8:1: found a token of 10485760 bytes, expected 4096 at most"}}) {
      const std::string start = content.substr(0, 100);  // clang captures no structured binding
      INFO(start);
      CHECK_THROWS_WITH_AS(read(content), doctest::Contains(says.c_str()), Error);
    }
    survive("vocab.txt", good, path, [&] { return nlp::read_word_piece(path, Case::lower).vocabulary->size() < 20; });
  }
}
