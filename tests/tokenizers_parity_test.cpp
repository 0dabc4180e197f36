// Our ids against those of independent tokenizers, string by string.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/nlp/byte_bpe.h>
#include <pfm/nlp/clip_bpe.h>
#include <pfm/nlp/sentence_piece.h>
#include <pfm/nlp/word_piece.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>

using namespace pfm;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

struct Folders {
  fs::path golden, vocabularies;
};

std::optional<Folders> folders() {
  const char *fixtures = std::getenv("PFM_FIXTURES"), *data = std::getenv("PFM_DATA");
  if (fixtures != nullptr && data != nullptr)
    return Folders{fs::path(fixtures) / "tokenizers", fs::path(data) / "text/vocab"};
  fmt::print("tokenizers: PFM_FIXTURES or PFM_DATA is not set: comparison with golden files skipped\n");
  return std::nullopt;
}

// Calls each(line) for the lines of a golden file; how many there were.
template <class Each>
int for_lines(const fs::path& path, Each each) {
  std::ifstream in(path);
  int count = 0;
  for (std::string line; std::getline(in, line); ++count) {
    INFO(path.filename().string() << " line " << count + 1 << ": " << line.substr(0, 300));
    each(Json::parse(line));
  }
  fmt::print("tokenizers: {}: {} texts\n", path.filename().string(), count);
  return count;
}

void same_ids(const nlp::TokenIds& found, const Json& expected) {
  const auto ids = expected.get<nlp::TokenIds>();
  CHECK_MESSAGE(found == ids, fmt::format("found {}", fmt::join(found, " ")));
}

// Ids with their frame, and back to text.
void compare(const nlp::Tokenizer& tokenizer, const fs::path& path) {
  const int count = for_lines(path, [&](const Json& golden) {
    const nlp::TokenIds ids = nlp::framed(tokenizer, golden["text"].get<std::string>());
    same_ids(ids, golden["ids"]);
    CHECK(tokenizer.decode(ids) == golden["decoded"].get<std::string>());
  });
  CHECK(count > 0);
}

}  // namespace

TEST_SUITE("tokenizers") {
  TEST_CASE("golden: BERT's WordPiece, lower and cased") {
    const auto in = folders();
    if (!in) return;
    const fs::path vocabulary = in->vocabularies / "bert-base-uncased-vocab.txt";
    compare(nlp::read_word_piece(vocabulary, nlp::Case::lower), in->golden / "bert_lower.jsonl");
    compare(nlp::read_word_piece(vocabulary, nlp::Case::kept), in->golden / "bert_cased.jsonl");
  }

  TEST_CASE("golden: byte-level BPE, GPT-2's and with a space before, and CLIP's") {
    const auto in = folders();
    if (!in) return;
    const auto gpt2 = [&](nlp::PrefixSpace prefix) {
      return nlp::read_byte_bpe(in->vocabularies / "gpt2-encoder.json", in->vocabularies / "gpt2-vocab.bpe", prefix);
    };
    compare(gpt2(nlp::PrefixSpace::none), in->golden / "gpt2.jsonl");
    compare(gpt2(nlp::PrefixSpace::added), in->golden / "roberta_style_prefix_space.jsonl");
    compare(nlp::read_clip_bpe(in->vocabularies / "clip-bpe_simple_vocab_16e6.txt.gz"), in->golden / "clip.jsonl");
  }

  TEST_CASE("golden: SentencePiece, unigram and BPE") {
    const auto in = folders();
    if (!in) return;
    if (!nlp::reads_sentence_piece())
      return fmt::print("tokenizers: built without SentencePiece: its models skipped\n");
    for (const char* name : {"shakespeare-unigram-1000", "shakespeare-bpe-600"}) {
      const fs::path model = in->golden / (name + std::string(".model")),
                     table = in->golden / (name + std::string(".vocab"));
      const auto tokenizer = nlp::read_sentence_piece(model);
      compare(tokenizer, in->golden / (name + std::string(".jsonl")));
      std::ifstream in_table(table);
      nlp::TokenId id = 0;
      for (std::string line; std::getline(in_table, line); ++id)
        CHECK(tokenizer.vocabulary->text(id) == line.substr(0, line.find('\t')));
      CHECK(id == tokenizer.vocabulary->size());
    }
  }

  TEST_CASE("golden: pairs, cut and padded") {
    const auto in = folders();
    if (!in) return;
    const auto bert = nlp::read_word_piece(in->vocabularies / "bert-base-uncased-vocab.txt", nlp::Case::lower);
    const int count = for_lines(in->golden / "bert_pairs.jsonl", [&](const Json& golden) {
      const auto limit = golden["max_length"].get<std::size_t>();
      const auto rule = golden["rule"] == "only_second" ? nlp::Truncation::only_second : nlp::Truncation::longest_first;
      auto pair = nlp::framed_pair(bert, golden["a"].get<std::string>(), golden["b"].get<std::string>(), limit, rule);
      std::vector<int> mask(pair.ids.size(), 1), segments(pair.segments.begin(), pair.segments.end());
      pair.ids.resize(limit, bert.special.padding), mask.resize(limit, 0), segments.resize(limit, 0);
      same_ids(pair.ids, golden["ids"]);
      CHECK(segments == golden["token_type_ids"].get<std::vector<int>>());
      CHECK(mask == golden["attention_mask"].get<std::vector<int>>());
    });
    CHECK(count > 0);
  }
}
