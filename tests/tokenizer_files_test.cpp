// Files of tokenizers: what is read from them, and hostile ones.
#include <doctest/doctest.h>
#include <pfm/nlp/byte_bpe.h>
#include <pfm/nlp/byte_letters.h>
#include <pfm/nlp/clip_bpe.h>
#include <pfm/nlp/read_tokenizer.h>
#include <pfm/nlp/read_vocabulary.h>
#include <pfm/nlp/sentence_piece.h>
#include <pfm/nlp/tokenizer_json.h>

#include "corruption.h"
#include "temporary.h"

using namespace pfm;
using nlp::TokenIds;
namespace fs = std::filesystem;

namespace {

// A vocabulary in JSON: the 256 letters of bytes (ids 0 to 255), then these.
std::string token_json(const std::vector<std::string>& more) {
  std::string text = "{";
  int id = 0;
  const auto add = [&](const std::string& token) {
    std::string quoted;
    for (const char c : token) quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
    text += (id == 0 ? "\"" : ",\"") + quoted + "\":" + std::to_string(id), ++id;
  };
  for (const std::string& letter : nlp::byte_letters()) add(letter);
  for (const std::string& token : more) add(token);
  return text + "}";
}

const std::string merges_text = "#version: 0.2\na b\nab c\n\xC4\xA0 a\n";  // U+0120 is the letter of a space
const std::vector<std::string> merged{"ab", "abc",
                                      "\xC4\xA0"
                                      "a"};

constexpr TokenIds::value_type ab = 256, abc = 257, space_a = 258;

// Puts a file per line of a table and tells what reading the last one says.
struct Hostile {
  std::string content, says;
};

template <class Read>
void refuse_all(const fs::path& path, const std::vector<Hostile>& cases, Read read) {
  for (const Hostile& c : cases) {
    INFO(c.content.substr(0, 200) << " -> " << c.says);
    put(path, c.content);
    CHECK_THROWS_WITH_AS(read(), doctest::Contains(c.says.c_str()), Error);
  }
}

}  // namespace

TEST_SUITE("tokenizers") {
  TEST_CASE("a folder: vocab.json with merges.txt, over bytes") {
    const Temporary folder;
    put(folder / "vocab.json", token_json(merged)), put(folder / "merges.txt", merges_text);
    const auto plain = nlp::read_tokenizer(folder.path());
    CHECK(plain.encode("abcab a") == TokenIds{abc, ab, space_a});
    CHECK(plain.encode("a") == TokenIds{'a'});
    CHECK(plain.frame.before.empty());
    const std::string bytes("\xFF\0a\xC3 \xE4\xBD", 7);
    CHECK(plain.decode(plain.encode(bytes)) == bytes);
    put(folder / "tokenizer_config.json", R"({"add_prefix_space": true})");
    CHECK(nlp::read_tokenizer(folder.path()).encode("a") == TokenIds{space_a});
    put(folder / "tokenizer_config.json", R"({"add_prefix_space": 1})");
    CHECK_THROWS_WITH_AS(nlp::read_tokenizer(folder.path()), doctest::Contains("not true or false"), Error);
  }

  TEST_CASE("a folder: RoBERTa's special tokens give its frame, <mask> takes the space before") {
    const Temporary folder;
    auto tokens = merged;
    tokens.insert(tokens.end(), {"<s>", "</s>", "<pad>", "<mask>", "<unk>"});
    put(folder / "vocab.json", token_json(tokens)), put(folder / "merges.txt", merges_text);
    const auto t = nlp::read_tokenizer(folder.path());
    CHECK(t.encode("ab <mask> a") == TokenIds{ab, 262, space_a});
    CHECK(nlp::framed(t, "ab") == TokenIds{259, ab, 260});
    CHECK(nlp::framed_pair(t, "ab", "a", 9, nlp::Truncation::longest_first).ids ==
          TokenIds{259, ab, 260, 260, 'a', 260});
    CHECK(t.continues(ab, 'a'));
    CHECK(!t.continues(ab, space_a));
    CHECK(!t.continues(259, 'a'));
  }

  TEST_CASE("a folder: vocab.txt, and nothing") {
    const Temporary folder;
    CHECK_THROWS_WITH_AS(nlp::read_tokenizer(folder.path()), doctest::Contains("expected tokenizer.json"), Error);
    put(folder / "vocab.txt", "[UNK]\n[CLS]\n[SEP]\na\nA\n");
    CHECK(nlp::read_tokenizer(folder.path()).encode("A") == TokenIds{3});
    put(folder / "tokenizer_config.json", R"({"do_lower_case": false})");
    CHECK(nlp::read_tokenizer(folder.path()).encode("A") == TokenIds{4});
    put(folder / "vocab.txt", "\xEF\xBB\xBF[UNK]\r\n[CLS]\r\n[SEP]\r\na\r\nA");  // as some editors save it
    CHECK(nlp::read_tokenizer(folder.path()).encode("A b") == TokenIds{4, 0});
    put(folder / "vocab.txt", "<s>\n</s>\n<pad>\n[UNK]\n<mask>\na\n");  // MPNet
    CHECK(nlp::framed(nlp::read_tokenizer(folder / "vocab.txt"), "a b <mask>") == TokenIds{0, 5, 3, 4, 1});
  }

  TEST_CASE("tokenizer.json: WordPiece, with the frame it says and tokens added behind") {
    const Temporary folder;
    const auto path = folder / "tokenizer.json";
    const std::string json = R"({"version":"1.0","truncation":null,"added_tokens":[
      {"id":0,"content":"[UNK]","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true},
      {"id":5,"content":"[NEW]","special":true,"normalized":false,"lstrip":true,"rstrip":true}],
      "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,
        "lowercase":true},
      "pre_tokenizer":{"type":"BertPreTokenizer"},
      "post_processor":{"type":"TemplateProcessing",
        "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],
        "pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
          {"SpecialToken":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{}},
      "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
      "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
        "max_input_chars_per_word":100,"vocab":{"[UNK]":0,"[CLS]":1,"[SEP]":2,"a":3,"##b":4}}})";
    put(path, json);
    const auto t = nlp::read_tokenizer(path);
    CHECK(nlp::framed(t, "AB  [NEW] [UNK] x") == TokenIds{1, 3, 4, 5, 0, 0});
    CHECK(nlp::framed_pair(t, "a", "a", 9, nlp::Truncation::longest_first).ids == TokenIds{1, 3, 2, 3});
    const auto changed = [&](const std::string& from, const std::string& to) {
      const std::size_t at = json.find(from);
      REQUIRE(at != std::string::npos);
      return std::string(json).replace(at, from.size(), to);
    };
    refuse_all(
        path,
        {{changed("WordPiece\",\"unk", "Unigram\",\"unk"),
          "its model is 'Unigram', expected WordPiece or BPE; the *.model"},
         {changed("lowercase\":true", "lowercase\":false,\"strip_accents\":true"), "names 'strip_accents' twice"},
         {changed("null,\n        \"lower", "false,\n        \"lower"), "accents that go with upper case"},
         {changed("_word\":100", "_word\":50"), "at most 100 characters"},
         {changed("\"id\":5", "\"id\":7"), "leaves a gap"},
         {changed("\"id\":5", "\"id\":3"), "another token's"},
         {changed("\"##b\":4", "\"##b\":3"), "have id 3 both"},
         {changed("\"##b\":4", "\"##b\":-4"), "expected an id"},
         {changed("\"##b\":4", "\"##b\":4000000000"), "ids of 5 tokens run from 0 to 4"},
         {changed("\"##b\":4", "\"##b\":1e999"), "is no JSON"},
         {changed("BertPreTokenizer", "Whitespace"), "expected a BertPreTokenizer"},
         {changed("\"B\",\"type_id\":1", "\"A\",\"type_id\":1"), "text A before B"},
         {changed("\"[CLS]\",\"type_id\":0}},{\"Sequence\":{\"id\":\"A\",\"type_id\":0}}]", "\"[XYZ]\"}}]"),
          "lacks the token '[XYZ]'"},
         {json.substr(0, json.size() / 2), "is no JSON"},
         {std::string(1000, '['), "nested deeper"},
         {"[]", "found no object"},
         {"", "is no JSON"},
         {"{\"model\":{\"type\":\"WordPiece\",\"vocab\":[]}}", "expected {token: id"},
         {changed("\"a\":3", "\"a\xFF\":3"), "is no JSON"}},
        [&] { nlp::read_tokenizer_json(path); });
    survive("tokenizer.json", json, path, [&] { return nlp::read_tokenizer_json(path).vocabulary->size() < 9; });
  }

  TEST_CASE("tokenizer.json: BPE over bytes gives what vocab.json and merges.txt give") {
    const Temporary folder;
    const auto path = folder / "tokenizer.json";
    const auto json = [&](const std::string& merges, const std::string& prefix) {
      return R"({"added_tokens":[],"normalizer":null,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":)" +
             prefix +
             R"(,"trim_offsets":true},"post_processor":{"type":"ByteLevel"},"model":{"type":"BPE","dropout":null,
             "unk_token":null,"fuse_unk":false,"vocab":)" +
             token_json(merged) + ",\"merges\":" + merges + "}}";
    };
    for (const char* merges :
         {"[\"a b\",\"ab c\",\"\xC4\xA0 a\"]", "[[\"a\",\"b\"],[\"ab\",\"c\"],[\"\xC4\xA0\",\"a\"]]"}) {
      put(path, json(merges, "false"));
      CHECK(nlp::read_tokenizer(path).encode("abcab a") == TokenIds{abc, ab, space_a});
      put(path, json(merges, "true"));
      CHECK(nlp::read_tokenizer(path).encode("a ab") == TokenIds{space_a, ' ', ab});
    }
    refuse_all(path,
               {{json("[\"a b\",\"ab\"]", "true"), "merge 2: found '\"ab\"', expected two tokens"},
                {json("[\"a b\",\"b c\"]", "true"), "merge 2 needs the token 'bc', which the vocabulary lacks"},
                {json("[\"a b\",\"a b\"]", "true"), "merge 2 ('a' 'b') comes twice"},
                {json("{}", "true"), "'merges' is no list"},
                {json("[]", "2"), "expected true or false"}},
               [&] { nlp::read_tokenizer_json(path); });
  }

  TEST_CASE("hostile: vocab.json, merges.txt") {
    const Temporary folder;
    const auto tokens = folder / "vocab.json", merges = folder / "merges.txt";
    const auto read = [&] { return nlp::read_byte_bpe(tokens, merges, nlp::PrefixSpace::none).vocabulary->size(); };
    put(tokens, token_json(merged));
    refuse_all(merges,
               {{"a b\n\nab c\n", "merges.txt:2:1: found '', expected two tokens and a space between"},
                {"a b c\n", "expected two tokens"},
                {"a\n", "expected two tokens"},
                {"a b\nb d\n", "merge 2 needs the token 'bd'"},
                {"a \xFF\n", "which the vocabulary lacks"},
                {"a b" + std::string(10 << 20, 'b') + "\n", "expected two tokens"}},
               read);
    put(merges, merges_text);
    refuse_all(tokens,
               {{"{\"a\":0}", "which the vocabulary lacks"}, {"{}", "holds no tokens"}, {"{\"a\":0,\"a\":1}", "twice"}},
               read);
    put(tokens, token_json(merged));
    CHECK(read() == 259);
    survive("merges.txt", merges_text, merges, [&] { return read() == 259; });
    put(merges, "");
    survive("vocab.json", token_json({}), tokens, [&] { return read() >= 256; });
    put(folder / "bpe.txt", "heading #version: 0.2\na b\nab c</w>\n");
    const auto clip = nlp::read_clip_bpe(folder / "bpe.txt");
    CHECK(clip.vocabulary->size() == 512 + 2 + 2);
    CHECK(nlp::framed(clip, "ABC") == TokenIds{514, 513, 515});
    put(folder / "bpe.txt", "a b\na b\n");
    CHECK_THROWS_WITH_AS(nlp::read_clip_bpe(folder / "bpe.txt"), doctest::Contains("each may come once"), Error);
  }

  TEST_CASE("a long word takes n log n, not n squared") {
    const Temporary folder;
    put(folder / "vocab.json", token_json(merged)), put(folder / "merges.txt", merges_text);
    const auto t = nlp::read_tokenizer(folder.path());
    std::string word;
    for (int i = 0; i < 300'000; ++i) word += "abc";
    CHECK(t.encode(word) == TokenIds(300'000, abc));
  }

  TEST_CASE("hostile: SentencePiece models") {
    const char* fixtures = std::getenv("PFM_FIXTURES");
    if (fixtures == nullptr || !nlp::reads_sentence_piece()) {
      MESSAGE("damaged SentencePiece models skipped: PFM_FIXTURES is not set, or built without SentencePiece");
      return;
    }
    const Temporary folder;
    const auto path = folder / "m.model";
    for (const char* name : {"shakespeare-unigram-1000.model", "shakespeare-bpe-600.model"}) {
      const std::string bytes = content_of(fs::path(fixtures) / "tokenizers" / name);
      const auto read = [&] {
        const auto t = nlp::read_sentence_piece(path);
        const TokenIds ids = t.encode("To be, or \xEF\xBC\xA1 not \xE2\x84\xA2 to be\xFF");
        t.decode(ids);
        return t.vocabulary->size() <= 1001;
      };
      survive(name, bytes, path, read);
      survive(std::string(name) + " (pieces)", bytes.substr(0, 12'000), path, read);
    }
    refuse_all(path, {{"", "holds no tokens"}, {"\x0A\x7F", "has 127 bytes"}, {"hello", "not a SentencePiece model"}},
               [&] { nlp::read_sentence_piece(path); });
  }
}
