// Texts that a causal model goes on with: what is kept of earlier tokens, and how the next one is chosen.
#include <doctest/doctest.h>
#include <pfm/graph/text_samples.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nlp/methods/gpt.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/matrices.h>

#include <algorithm>
#include <cmath>

using namespace pfm;
using nlp::TokenId;
using nlp::TokenIds;

namespace {

nlp::CausalModel small_gpt(bool norm_first, int length = 64) {
  const Dataset texts = of_texts("letters", {"the quick brown fox jumps over the lazy dog"});
  const Options options(Rng(3), {{"hidden", "20"},
                                 {"heads", "2"},
                                 {"layers", "3"},
                                 {"length", std::to_string(length)},
                                 {"norm_first", norm_first ? "true" : "false"}});
  nlp::CausalModel model = gpt_network(texts, options).model;
  for (const nlp::TextTables* tables : {&model.encoder.tables})  // larger than the start, so that tokens differ
    for (Var table : {tables->tokens, tables->positions})
      for (Real& v : table.value().values()) v *= 25;
  return model;
}

Matrix scores_at_once(const nlp::CausalModel& model, const TokenIds& tokens) {
  nlp::GrowingText text(model);
  text.add(tokens);
  return text.scores();
}

Matrix scores_of_encoder(const nlp::CausalModel& model, const TokenIds& tokens) {
  const NoGradient none;
  const Batch batch = nlp::token_batch(std::span(&tokens, 1));
  const Var rows = model.encoder(nlp::text_rows(model.encoder.architecture, batch));
  return model.head(gather_rows(rows, std::array{NodeId(tokens.size()) - 1})).value().clone();
}

TokenIds continued(const nlp::CausalModel& model, const nlp::Choosing& how, std::uint64_t seed, Offset most = 40) {
  return nlp::continuation(model, model.tokenizer.encode("the "), most, how, Rng(seed));
}

}  // namespace

TEST_SUITE("texts") {
  TEST_CASE("a growing text's scores are those of the whole text computed anew, bit for bit") {
    for (const bool norm_first : {false, true}) {
      const nlp::CausalModel model = small_gpt(norm_first);
      nlp::GrowingText growing(model);
      TokenIds all;
      const Rng rng(7);
      for (std::uint64_t i = 0; i < 64; ++i) {
        const auto next = TokenId(rng.below(i, std::uint64_t(model.tokenizer.vocabulary->size())));
        all.push_back(next);
        growing.add(std::array{next});
        const Matrix found = growing.scores();
        CHECK(std::ranges::equal(found.values(), scores_at_once(model, all).values()));
        CHECK(largest_difference(found, scores_of_encoder(model, all)) < 2e-4);
      }
    }
  }
  TEST_CASE("where positions end a text goes on with its second half") {
    const nlp::CausalModel model = small_gpt(false, 10);
    nlp::GrowingText growing(model);
    const TokenIds tokens{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    for (const TokenId t : tokens) growing.add(std::array{t});
    const TokenIds left(tokens.begin() + 6, tokens.end());
    CHECK(growing.tokens() == left);
    CHECK(std::ranges::equal(growing.scores().values(), scores_at_once(model, left).values()));
    CHECK(continued(model, {}, 0).size() == 40);
  }
  TEST_CASE("greedy is what drawing from the first alone gives; a seed gives the same at any number of threads") {
    const nlp::CausalModel model = small_gpt(true);
    const TokenIds greedy = continued(model, {}, 0);
    CHECK(greedy == continued(model, {.greedy = false, .top_k = 1}, 5));
    CHECK(greedy == continued(model, {.greedy = false, .top_p = 1e-9}, 5));
    CHECK(greedy == continued(model, {.greedy = false, .temperature = 1e-4}, 5));
    const nlp::Choosing drawn{.greedy = false, .temperature = 3};
    const auto with_threads = [&](int count) {
      const Threads threads(count);
      return continued(model, drawn, 9);
    };
    CHECK(with_threads(1) == with_threads(2));
    CHECK(with_threads(1) != continued(model, drawn, 10));
  }
  TEST_CASE("the end token ends a text; an empty prompt is a text's beginning") {
    nlp::CausalModel model = small_gpt(true);
    const TokenIds all = continued(model, {}, 0);
    model.end = all[4];
    const auto first = std::ranges::find(all, model.end);
    CHECK(continued(model, {}, 0) == TokenIds(all.begin(), first));
    CHECK(nlp::continuation(model, {}, 9, {}, Rng(0)) == nlp::continuation(model, model.before, 9, {}, Rng(0)));
  }
  TEST_CASE("tokens are drawn by their probability, of the highest ones alone where that is asked") {
    const std::vector<Real> scores{Real(std::log(0.1)), Real(std::log(0.4)), Real(std::log(0.2)), Real(std::log(0.3))};
    const auto shares = [&](const nlp::Choosing& how) {
      constexpr int draws = 10000;
      std::vector<double> share(scores.size());
      for (int i = 0; i < draws; ++i) share[std::size_t(nlp::chosen(scores, how, (i + 0.5) / draws))] += 1.0 / draws;
      return share;
    };
    const auto near = [](const std::vector<double>& found, const std::vector<double>& expected) {
      for (std::size_t i = 0; i < found.size(); ++i) CHECK(std::abs(found[i] - expected[i]) < 2e-4);
    };
    near(shares({.greedy = false}), {0.1, 0.4, 0.2, 0.3});
    near(shares({.greedy = false, .temperature = 0.5}), {1 / 30., 16 / 30., 4 / 30., 9 / 30.});
    near(shares({.greedy = false, .top_k = 2}), {0, 4 / 7., 0, 3 / 7.});
    near(shares({.greedy = false, .top_p = 0.75}), {0, 4 / 9., 2 / 9., 3 / 9.});
    near(shares({.greedy = false, .top_p = 0.69}), {0, 4 / 7., 0, 3 / 7.});
    near(shares({.greedy = false, .top_p = 0.5, .top_k = 3}), {0, 4 / 7., 0, 3 / 7.});
    CHECK(nlp::chosen(std::vector<Real>{1, 3, 3}, {}, 0.9) == 1);
  }
}
