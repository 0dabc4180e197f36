// Permutation language models: what each stream may know, orders, memory; numbers against references are in suite
// "parity".
#include <doctest/doctest.h>
#include <pfm/nlp/prediction_order.h>
#include <pfm/nlp/text_heads.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nlp/two_streams.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/matrices.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace pfm;
using nlp::TokenIds;

namespace {

struct PermutedModel {
  PermutedModel() : architecture(shape()), p(Rng(5)), streams(p, architecture), head(p, architecture, tokens()) {
    for (auto& [name, entry] : p.entries())
      entry.var.value() = random_matrix(entry.var.rows(), entry.var.cols(), Rng(3).split(name).key());
  }
  static nlp::Architecture shape() {
    nlp::Architecture a;
    a.family = "xlnet", a.vocabulary = 30;
    a.embedding = a.hidden = 8, a.heads = 2, a.inner = 16, a.layers = a.groups = 3;
    a.activation = "gelu", a.epsilon = 1e-12, a.embedding_norm = false;
    a.head_bias = nlp::HeadBias::learned, a.relative_distances = true;
    return a;
  }
  Var tokens() const { return streams.encoder.tables.tokens; }
  nlp::Streams read(const TokenIds& tokens_read, const std::vector<Offset>& ranks) const {
    return streams(nlp::stream_rows(architecture, batch_of(tokens_read), ranks));
  }
  static Batch batch_of(const TokenIds& one) { return nlp::token_batch(std::span(&one, 1)); }

  nlp::Architecture architecture;
  Params p;
  nlp::TwoStreams streams;
  nlp::LanguageHead head;
};

const TokenIds permuted_text{4, 9, 11, 7, 20, 13, 15};
const std::vector<Offset> target_order{0, 3, 0, 1, 0, 2, 0};  // targets, ascending: places 1, 3, 5

Var row_sum(const Var& rows, NodeId row) { return sum(square(gather_rows(rows, std::array{row}))); }

// How far the gradient of a token's row in the table is from nothing.
double reached(const PermutedModel& model, const Var& from, nlp::TokenId token) {
  model.p.clear_grads();
  backward(from);
  double largest = 0;
  if (!model.tokens().grad().empty())
    for (const Real g : model.tokens().grad().row(token)) largest = std::max(largest, std::abs(double(g)));
  return largest;
}

}  // namespace

TEST_SUITE("text encoders") {
  TEST_CASE("two streams: a target's query knows what is given and earlier targets, not itself nor later ones") {
    const PermutedModel model;
    const auto query = [&](NodeId target) {
      return row_sum(model.read(permuted_text, target_order).query.back(), target);
    };
    for (const nlp::TokenId given : {4, 11, 20, 15}) CHECK(reached(model, query(1), given) > 1e-6);
    for (const nlp::TokenId unknown : {7, 9, 13}) CHECK(reached(model, query(1), unknown) == 0);  // rank 1
    CHECK(reached(model, query(2), 7) > 1e-6);                                                    // rank 2
    for (const nlp::TokenId unknown : {9, 13}) CHECK(reached(model, query(2), unknown) == 0);
    CHECK((reached(model, query(0), 7) > 1e-6 && reached(model, query(0), 13) > 1e-6));  // rank 3
    CHECK(reached(model, query(0), 9) == 0);
    const auto content = [&](NodeId row) {
      return row_sum(model.read(permuted_text, target_order).content.back(), row);
    };
    CHECK((reached(model, content(3), 7) > 1e-6 && reached(model, content(1), 9) > 1e-6));
    CHECK((reached(model, content(0), 7) == 0 && reached(model, content(3), 13) == 0));
  }
  TEST_CASE("two streams: in the order of the text each token is predicted from those before it alone") {
    const PermutedModel model;
    const auto loss = [&](const TokenIds& tokens, std::vector<Offset> ranks) {
      return double(cross_entropy(model.head(model.read(tokens, ranks).query.back()),
                                  std::vector<std::int32_t>(tokens.end() - std::ptrdiff_t(std::ranges::count_if(
                                                                               ranks, [](Offset r) { return r > 0; })),
                                                            tokens.end()))
                        .scalar());
    };
    std::vector<Offset> all(permuted_text.size());
    std::iota(all.begin(), all.end(), Offset{0});
    double by_prefixes = 0;
    for (std::size_t t = 1; t < permuted_text.size(); ++t) {
      std::vector<Offset> ranks(t + 1, 0);
      // What is given sees all that is given: the prefix in its own order as well.
      for (std::size_t i = 0; i < t; ++i) ranks[i] = Offset(i);
      ranks[t] = Offset(t);
      const TokenIds prefix(permuted_text.begin(), permuted_text.begin() + std::ptrdiff_t(t) + 1);
      const Var scores = model.head(gather_rows(model.read(prefix, ranks).query.back(), std::array{NodeId(t - 1)}));
      by_prefixes += double(cross_entropy(scores, std::vector<std::int32_t>{permuted_text[t]}).scalar());
    }
    CHECK(loss(permuted_text, all) == doctest::Approx(by_prefixes / double(permuted_text.size() - 1)).epsilon(1e-6));
  }
  TEST_CASE("two streams: two segments are one, where the memory holds the first") {
    const PermutedModel model;
    TokenIds whole(24);
    for (std::size_t i = 0; i < whole.size(); ++i) whole[i] = nlp::TokenId(5 + (i * 7) % 23);
    const TokenIds first(whole.begin(), whole.begin() + 12), second(whole.begin() + 12, whole.end());
    const auto ranks_from = [](Offset begin) {
      std::vector<Offset> ranks(12);
      std::iota(ranks.begin(), ranks.end(), begin);
      return ranks;
    };
    std::vector<Offset> all(24);
    std::iota(all.begin(), all.end(), Offset{1});
    const nlp::Streams once = model.read(whole, all), before = model.read(first, ranks_from(1));
    std::vector<Matrix> memory;
    for (std::size_t l = 0; l + 1 < before.content.size(); ++l) memory.push_back(before.content[l].value().clone());
    const nlp::Streams after =
        model.streams(nlp::stream_rows(model.architecture, PermutedModel::batch_of(second), ranks_from(1), 12), memory);
    for (std::size_t l = 0; l < once.content.size(); ++l) {
      CHECK(largest_difference(slice_rows(once.content[l], 12, 24).value(), after.content[l].value()) < 1e-5);
      CHECK(largest_difference(slice_rows(once.query[l], 12, 24).value(), after.query[l].value()) < 1e-5);
    }
  }
  TEST_CASE("orders of prediction: a sixth of the tokens, in spans of one to five, each order as likely") {
    nlp::Tokenizer t;
    t.special = {.begin = 1, .end = 2};
    TokenIds tokens(98, 7);
    tokens.front() = 1, tokens.back() = 2;
    const Batch batch = PermutedModel::batch_of(tokens);
    std::vector<double> spans(16, 0);
    double first_is_first = 0;
    constexpr int draws = 2000;
    for (int d = 0; d < draws; ++d) {
      const std::vector<Offset> ranks = nlp::prediction_ranks(batch, t, 6, Rng(std::uint64_t(d)));
      std::set<Offset> targets(ranks.begin(), ranks.end());
      REQUIRE((targets.size() == 17 && *targets.rbegin() == 16 && ranks.front() == 0 && ranks.back() == 0));
      first_is_first += *std::ranges::find_if(ranks, [](Offset r) { return r > 0; }) == 1;
      std::size_t length = 0;
      for (const Offset r : ranks) {
        if (r == 0 && length > 0) ++spans[length];
        length = r > 0 ? length + 1 : 0;
      }
    }
    CHECK(std::accumulate(spans.begin() + 6, spans.end(), 0.0) == 0);
    CHECK(std::abs(first_is_first / draws - 1.0 / 16) < 4 * std::sqrt(1.0 / 16 / draws));
    CHECK(spans[5] > 0.12 * std::accumulate(spans.begin(), spans.end(), 0.0));
    CHECK(nlp::prediction_ranks(batch, t, 6, Rng(1)) == nlp::prediction_ranks(batch, t, 6, Rng(1)));
    CHECK(nlp::prediction_ranks(batch, t, 6, Rng(1)) != nlp::prediction_ranks(batch, t, 6, Rng(2)));
  }
}
