// Tokenizers on vocabularies of a few words, and hostile vocabulary files.
#include <doctest/doctest.h>
#include <pfm/nlp/word_piece.h>

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
      INFO(content.substr(0, 100));
      CHECK_THROWS_WITH_AS(read(content), doctest::Contains(says.c_str()), Error);
    }
    survive("vocab.txt", good, path, [&] { return nlp::read_word_piece(path, Case::lower).vocabulary->size() < 20; });
  }
}
