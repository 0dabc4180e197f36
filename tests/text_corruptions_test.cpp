// What corruptions of texts do: laws by chi-square, the rest by construction.
#include <doctest/doctest.h>
#include <pfm/nlp/characters.h>
#include <pfm/nlp/denoising.h>
#include <pfm/nlp/masked_batch.h>
#include <pfm/nlp/word_piece.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "chi_square.h"

using namespace pfm;
using nlp::TokenId;
using nlp::TokenIds;

namespace {

// 5 special tokens, 30 words w0 .. (ids 5 to 34), 65 parts of words ##p0 .. (35 to 99).
const nlp::Tokenizer& tokenizer() {
  static const nlp::Tokenizer t = [] {
    std::vector<std::string> texts{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    for (int i = 0; i < 30; ++i) texts.push_back("w" + std::to_string(i));
    for (int i = 0; i < 65; ++i) texts.push_back("##p" + std::to_string(i));
    return nlp::word_piece(std::make_shared<const nlp::Vocabulary>(std::move(texts), "a test"), nlp::Case::kept);
  }();
  return t;
}
constexpr TokenId first_word = 5, first_part = 35, vocabulary = 100, mask = 4;

// [CLS], words of 1, 2, 3, 1, 2, .. tokens, [SEP], padding; `n` tokens between.
TokenIds sequence(int n) {
  TokenIds ids{2};
  for (int w = 0; int(ids.size()) <= n; ++w) {
    ids.push_back(first_word + w % 30);
    for (int part = 0; part < w % 3 && int(ids.size()) <= n; ++part) ids.push_back(first_part + (w + part) % 65);
  }
  ids.insert(ids.end(), {3, 0, 0});
  return ids;
}

// A draw that is neither the mask nor what was there is a random token; what was there may be drawn too.
struct Kinds {
  double masked = 0, other = 0, same = 0;
  void add(TokenId was, TokenId is) { (is == mask ? masked : is == was ? same : other) += 1; }
  double p_value(double random = 0.1) const {
    const double n = masked + other + same, drawn = random / vocabulary;  // 1 / V of the random ones each
    ChiSquare test;
    test.add({masked, other, same}, {n * (0.8 + drawn), n * (random - 2 * drawn), n * (0.2 - random + drawn)});
    return test.p_value();
  }
};

constexpr double least = 1e-4;

}  // namespace

TEST_SUITE("text-corruptions") {
  TEST_CASE("BERT's masks: exactly 15 %, every place alike, 80/10/10") {
    const TokenIds ids = sequence(50);
    std::vector<double> places(50, 0), tokens(vocabulary, 0);
    Kinds kinds;
    constexpr int draws = 20'000;
    for (int i = 0; i < draws; ++i) {
      const auto masked = nlp::mask_tokens(ids, tokenizer(), {}, Rng(1).split(std::uint64_t(i)));
      REQUIRE(masked.ids.size() == ids.size());
      const auto chosen = nlp::chosen_places(masked);
      REQUIRE(chosen.size() == 8);  // 7.5 rounded up
      TokenIds restored = masked.ids;
      for (const std::int32_t at : chosen) {
        places.at(at - 1) += 1;
        kinds.add(ids[at], masked.ids[at]);
        if (masked.ids[at] != mask && masked.ids[at] != ids[at]) tokens[masked.ids[at]] += 1;
        restored[at] = ids[at];
      }
      CHECK(restored == ids);
    }
    ChiSquare even;
    even.add(places, std::vector<double>(50, draws * 8 / 50.0));
    CHECK(even.p_value() > least);
    CHECK(kinds.p_value() > least);
    // Random tokens are uniform: those that no place of the sequence holds are drawn equally often.
    std::vector<double> drawn;
    for (TokenId id = 0; id < vocabulary; ++id)
      if (id != mask && std::ranges::find(ids, id) == ids.end()) drawn.push_back(tokens[id]);
    ChiSquare uniform;
    const double mean = std::accumulate(drawn.begin(), drawn.end(), 0.0) / double(drawn.size());
    uniform.add(drawn, std::vector<double>(drawn.size(), mean));
    CHECK(uniform.p_value() > least);
  }

  TEST_CASE("masks: the same from the same stream, others from another; short sequences") {
    const TokenIds ids = sequence(64);
    using Mask = nlp::Masked (*)(std::span<const TokenId>, const nlp::Tokenizer&, const nlp::MaskRule&, Rng);
    for (const Mask hide : {&nlp::mask_tokens, &nlp::mask_words, &nlp::mask_spans}) {
      CHECK(hide(ids, tokenizer(), {}, Rng(7)).ids == hide(ids, tokenizer(), {}, Rng(7)).ids);
      CHECK(hide(ids, tokenizer(), {}, Rng(7)).spans != hide(ids, tokenizer(), {}, Rng(8)).spans);
      CHECK(hide({}, tokenizer(), {}, Rng(7)).ids.empty());
      CHECK(hide(TokenIds{2, 3, 0}, tokenizer(), {}, Rng(7)).spans.empty());
      CHECK(hide(TokenIds{2, first_word, 3}, tokenizer(), {}, Rng(7)).spans == std::vector<nlp::Span>{{1, 2}});
      CHECK_THROWS_AS(
          hide(ids,
               nlp::characters(std::make_shared<const nlp::Vocabulary>(std::vector<std::string>{"[UNK]"}, "a test")),
               {}, Rng(7)),
          Error);
    }
  }

  TEST_CASE("masks of a batch: each text by itself, rows named") {
    Batch batch;
    const TokenIds one = sequence(20), two = sequence(40);
    for (const TokenIds& text : {one, two}) batch.ids.insert(batch.ids.end(), text.begin(), text.end());
    batch.graph = Graph::without_edges(NodeId(batch.ids.size()));
    batch.segments = {0, Offset(one.size()), Offset(batch.ids.size())};
    const auto mask_all = nlp::mask_texts([](std::span<const TokenId> ids, Rng rng) {
      return nlp::mask_tokens(ids, tokenizer(), {.rate = 0.15, .masked = 1, .random = 0}, rng);
    });
    const Batch masked = mask_all(batch, Rng(9));
    CHECK(masked.hidden_nodes.size() == 3 + 6);
    CHECK(std::ranges::is_sorted(masked.hidden_nodes));
    CHECK(std::ranges::count_if(masked.hidden_nodes, [&](NodeId row) { return row < NodeId(one.size()); }) == 3);
    for (NodeId row = 0; row < batch.rows(); ++row) {
      const bool hidden = std::ranges::binary_search(masked.hidden_nodes, row);
      CHECK(masked.ids[row] == (hidden ? mask : batch.ids[row]));
    }
    batch.segments.clear();
    CHECK(mask_all(batch, Rng(9)).hidden_nodes.size() == 9);
  }

  TEST_CASE("whole words: none in part, never more than 15 %, 80/10/10 for each token") {
    const TokenIds ids = sequence(100);
    Kinds kinds;
    std::int64_t words = 0;
    for (int i = 0; i < 10'000; ++i) {
      const auto masked = nlp::mask_words(ids, tokenizer(), {}, Rng(2).split(std::uint64_t(i)));
      int tokens = 0;
      for (const nlp::Span word : masked.spans) {
        CHECK(ids[word.begin] < first_part);
        CHECK(!(ids[word.end] >= first_part));
        for (int at = word.begin + 1; at < word.end; ++at) CHECK(ids[at] >= first_part);
        for (int at = word.begin; at < word.end; ++at) kinds.add(ids[at], masked.ids[at]);
        tokens += word.size(), ++words;
      }
      CHECK(tokens == 15);  // words of one token fill what is left
    }
    CHECK(words > 50'000);
    CHECK(kinds.p_value() > least);
  }

  TEST_CASE("SpanBERT: lengths in words by the cut geometric law, whole words, one kind a span") {
    const TokenIds ids = sequence(600);
    std::vector<double> lengths(11, 0), starts;
    double masked_spans = 0, random_spans = 0, same_spans = 0;
    for (int i = 0; i < 2000; ++i) {
      const auto masked = nlp::mask_spans(ids, tokenizer(), {}, Rng(3).split(std::uint64_t(i)));
      std::int32_t before = 0;
      for (const nlp::Span span : masked.spans) {
        CHECK(span.begin > before);  // a word at least between two
        before = span.end;
        CHECK(ids[span.begin] < first_part);
        CHECK(!(ids[span.end] >= first_part));
        int words = 0, hidden = 0, same = 0;
        for (int at = span.begin; at < span.end; ++at) {
          words += ids[at] < first_part;
          hidden += masked.ids[at] == mask, same += masked.ids[at] == ids[at];
        }
        lengths.at(words) += 1;
        // A span of one token may be drawn as it was, or as the mask: only longer ones tell their kind surely.
        if (span.size() < 3) continue;
        (hidden == span.size() ? masked_spans : same == span.size() ? same_spans : random_spans) += 1;
      }
    }
    std::vector<double> law(11, 0);
    for (int k = 1; k <= 10; ++k) law[k] = 0.2 * std::pow(0.8, k - 1) / (1 - std::pow(0.8, 10));
    const double spans = std::accumulate(lengths.begin(), lengths.end(), 0.0);
    double mean = 0;
    for (int k = 1; k <= 10; ++k) mean += k * lengths[k] / spans, law[k] *= spans;
    ChiSquare geometric, kinds;
    geometric.add(lengths, law);
    CHECK(geometric.p_value() > least);
    CHECK(std::abs(mean - 3.8) < 0.1);
    const double n = masked_spans + random_spans + same_spans;
    kinds.add({masked_spans, random_spans, same_spans}, {0.8 * n, 0.1 * n, 0.1 * n});
    CHECK(kinds.p_value() > least);
  }

  TEST_CASE("spans placed apart: every placement equally likely") {
    const std::vector<std::int32_t> lengths{2, 0, 1};
    std::map<std::vector<std::int32_t>, double> seen;
    constexpr int draws = 20'000;
    for (int i = 0; i < draws; ++i) seen[nlp::place_apart(lengths, 8, Rng(4).split(std::uint64_t(i)))] += 1;
    CHECK(seen.size() == 20);  // 3 of the 6 gaps around 5 things
    std::vector<double> found;
    for (const auto& [placement, count] : seen) found.push_back(count);
    ChiSquare uniform;
    uniform.add(found, std::vector<double>(20, draws / 20.0));
    CHECK(uniform.p_value() > least);
    CHECK(nlp::place_apart(std::vector<std::int32_t>{3}, 3, Rng(0)) == std::vector<std::int32_t>{0});
  }

  TEST_CASE("BART's infilling: lengths by Poisson's law of 3, one mask each, the rest in its order") {
    TokenIds ids(1000);
    std::iota(ids.begin(), ids.end(), 1000);  // all different: what is missing tells the lengths
    std::vector<double> lengths(40, 0);
    for (int i = 0; i < 1000; ++i) {
      const TokenIds noisy = nlp::infill(ids, tokenizer(), 0.3, Rng(5).split(std::uint64_t(i)));
      TokenId next = 1000;
      int missing = 0;
      for (std::size_t at = 0; at < noisy.size(); ++at) {
        if (noisy[at] != mask) {
          CHECK(noisy[at] == next++);
          continue;
        }
        const TokenId behind = at + 1 < noisy.size() ? noisy[at + 1] : 2000;
        REQUIRE(behind >= next);  // never two masks side by side
        lengths.at(behind - next) += 1, missing += behind - next, next = behind;
      }
      CHECK(next == 2000);
      CHECK(missing >= 300);
      CHECK(missing < 320);
    }
    std::vector<double> law(40);
    double chance = std::exp(-3.0);
    const double spans = std::accumulate(lengths.begin(), lengths.end(), 0.0);
    for (int k = 0; k < 40; ++k) law[k] = spans * chance, chance *= 3.0 / (k + 1);
    ChiSquare poisson;
    poisson.add(lengths, law);
    CHECK(poisson.p_value() > least);
    CHECK(lengths[0] > 0);  // insertions
    CHECK(nlp::infill(TokenIds{}, tokenizer(), 0.3, Rng(1)).empty());
    CHECK(nlp::infill(ids, tokenizer(), 0, Rng(1)) == ids);
  }

  TEST_CASE("sentences in another order, segments exchanged every other time") {
    const TokenIds ids{1, 2, 9, 3, 9, 4, 5};
    std::map<TokenIds, double> seen;
    double exchanged = 0;
    constexpr int draws = 6000;
    for (int i = 0; i < draws; ++i) {
      const Rng rng = Rng(6).split(std::uint64_t(i));
      seen[nlp::permute_sentences(ids, 9, rng)] += 1;
      const auto pair = nlp::exchange_segments({1, 2}, {3}, rng);
      CHECK((pair.exchanged ? pair.second : pair.first) == TokenIds{1, 2});
      CHECK((pair.exchanged ? pair.first : pair.second) == TokenIds{3});
      exchanged += pair.exchanged ? 1 : 0;
    }
    REQUIRE(seen.size() == 6);
    CHECK(seen.contains({4, 5, 3, 9, 1, 2, 9}));
    std::vector<double> found;
    for (const auto& [order, count] : seen) found.push_back(count);
    ChiSquare orders, halves;
    orders.add(found, std::vector<double>(6, draws / 6.0));
    halves.add({exchanged, draws - exchanged}, {draws / 2.0, draws / 2.0});
    CHECK(orders.p_value() > least);
    CHECK(halves.p_value() > least);
  }
}
