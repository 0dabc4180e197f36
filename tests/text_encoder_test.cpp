// Transformers over tokens: starts, what sentences see, and what is refused; numbers against references are in suite
// "parity".
#include <doctest/doctest.h>
#include <pfm/encoders/readout.h>
#include <pfm/kernels/rows.h>
#include <pfm/nlp/text_heads.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/shape.h>
#include <pfm/nn/truncated_normal.h>
#include <pfm/tests/matrices.h>

#include <algorithm>
#include <cmath>

using namespace pfm;

namespace {

nlp::Architecture tiny() {
  nlp::Architecture a;
  a.vocabulary = 30, a.positions = 9, a.segments = 2;
  a.embedding = 6, a.hidden = 8, a.heads = 2, a.inner = 16;
  a.layers = a.groups = 2;
  a.activation = a.head_activation = "gelu";
  a.epsilon = 1e-12;
  return a;
}

const std::vector<nlp::FramedPair> pairs{{{2, 7, 3, 9, 3}, {0, 0, 0, 1, 1}}, {{2, 11, 12, 3}, {0, 0, 0, 0}}};

}  // namespace

TEST_SUITE("text encoders") {
  TEST_CASE("a truncated normal start follows its law") {
    const Params p(Rng(3));
    const Var w = truncated_normal(p, "w", 200, 500, 0.02);
    std::vector<Real> sorted(w.value().values().begin(), w.value().values().end());
    std::ranges::sort(sorted);
    CHECK(std::abs(sorted.front()) <= Real(0.04));
    CHECK(sorted.back() <= Real(0.04));
    const auto below = [](double z) { return std::erfc(-z / std::sqrt(2.0)) / 2; };
    double largest = 0;  // Kolmogorov and Smirnov's distance
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const double law = (below(double(sorted[i]) / 0.02) - below(-2)) / (below(2) - below(-2));
      largest = std::max(largest, std::abs(law - (double(i) + 0.5) / double(sorted.size())));
    }
    CHECK(largest * std::sqrt(double(sorted.size())) < 2.2);  // 1 in 10,000
    const Matrix before = w.value().clone();
    CHECK(largest_difference(truncated_normal(p, "w", 200, 500, 0.02).value(), before) == 0);
    CHECK(largest_difference(truncated_normal(Params(Rng(3)), "w", 200, 500, 0.02).value(), before) == 0);
  }
  TEST_CASE("relative positions: one bucket each when near, logarithmic when far") {
    const auto bucket = [](Offset d) { return nlp::relative_bucket(d, 32); };
    CHECK((bucket(0) == 0 && bucket(-1) == 1 && bucket(-7) == 7 && bucket(1) == 17 && bucket(7) == 23));
    CHECK((bucket(-8) == 8 && bucket(-11) == 8 && bucket(-12) == 9 && bucket(-16) == 10));
    CHECK((bucket(-32) == 12 && bucket(-64) == 14 && bucket(-128) == 15 && bucket(-5000) == 15 && bucket(5000) == 31));
  }
  TEST_CASE("a sentence's rows do not depend on the others; segments and places count") {
    const nlp::Architecture a = tiny();
    const Params p;
    const nlp::TextEncoder encoder(p, a);
    const Batch both = nlp::token_batch(pairs);
    const Var rows = encoder.encoder()(both);
    const NodeId second = 1;
    const Var alone = encoder.encoder()(chosen_samples(both, std::span(&second, 1)));
    CHECK(largest_difference(slice_rows(rows, 5, 9).value(), alone.value()) < 1e-5);
    nlp::TextRows first_only = nlp::text_rows(a, both);
    first_only.segments.clear();
    CHECK(largest_difference(slice_rows(rows, 5, 9).value(), slice_rows(encoder(first_only), 5, 9).value()) < 1e-5);
    CHECK(largest_difference(slice_rows(rows, 0, 5).value(), slice_rows(encoder(first_only), 0, 5).value()) > 1e-3);
    const std::vector<Var> states = encoder.states(nlp::text_rows(a, both));
    CHECK(states.size() == 3);
    CHECK(largest_difference(states.back().value(), rows.value()) == 0);
    CHECK(largest_difference(encoder.encoder().forward(both, gather_rows(encoder.tables.tokens, both.ids), {}).value(),
                             rows.value()) == 0);
  }
  TEST_CASE("a causal architecture does not look ahead") {
    nlp::Architecture a = tiny();
    a.causal = a.norm_first = true;
    a.embedding = a.hidden, a.embedding_norm = false, a.head_activation = "";
    const Params p;
    const nlp::TextEncoder encoder(p, a);
    std::vector<nlp::TokenIds> texts{{1, 2, 3, 4}};
    const Var before = encoder.encoder()(nlp::token_batch(texts));
    texts[0][3] = 20;
    const Var after = encoder.encoder()(nlp::token_batch(texts));
    CHECK(largest_difference(slice_rows(before, 0, 3).value(), slice_rows(after, 0, 3).value()) == 0);
    CHECK(largest_difference(before.value(), after.value()) > 1e-3);
    const nlp::LanguageHead head(p, a, encoder.tables.tokens);
    CHECK(head(slice_rows(before, 1, 3)).cols() == 30);
    CHECK(!p.has("lm.weight"));
    const auto spread = [&](const char* name) {
      const Matrix& w = p.at(name).value();
      return std::sqrt(total_of_squares(w) / double(w.size()));
    };
    CHECK(spread("layers.0.feed_forward.1.weight") < 0.6 * spread("layers.0.feed_forward.0.weight"));
  }
  TEST_CASE("every parameter of an encoder and its heads learns") {
    const nlp::Architecture a = tiny();
    const Params p(Rng(1));
    const nlp::TextEncoder encoder(p, a, {.dropout = Real(0.1), .attention_dropout = Real(0.1)});
    const nlp::LanguageHead head(p, a, encoder.tables.tokens);
    const nlp::Pooler pooler(p, a);
    const Linear next = nlp::text_linear(p / "next_sentence", a.hidden, 2);
    const Batch both = nlp::token_batch(pairs);
    const Var rows = encoder.encoder()(both, Rng(5));
    CHECK(largest_difference(rows.value(), encoder.encoder()(both).value()) > 0.01);
    const std::vector<NodeId> chosen{1, 6};
    const std::vector<std::int32_t> tokens{4, 5}, order{0, 1};
    backward(add(cross_entropy(head(gather_rows(rows, chosen)), tokens),
                 cross_entropy(next(pooler(gather_rows(rows, starts_of(both.segments)))), order)));
    for (const std::string& name : p.trainable()) {
      if (name.ends_with("key.bias")) continue;  // adds the same to all scores of a row
      CAPTURE(name);
      CHECK(total_of_squares(p.at(name).grad()) > 0);
    }
  }
  TEST_CASE("two encoders may share tables") {
    const Params p;
    const nlp::TextTables tables(p / "embedding", tiny(), 0.02);
    const nlp::TextEncoder one(p / "one", tiny(), {}, tables), other(p / "other", tiny(), {}, tables);
    CHECK(one.tables.tokens.value().data() == other.tables.tokens.value().data());
    CHECK((p.has("one.embedding.project.weight") && p.has("other.layers.1.attention.query.weight")));
    CHECK(!p.has("one.embedding.tokens.weight"));
  }
  TEST_CASE("a sentence longer than the positions is the file's fault") {
    const std::vector<nlp::TokenIds> long_one{{1}, nlp::TokenIds(10, 5)};
    CHECK_THROWS_WITH_AS(nlp::text_rows(tiny(), nlp::token_batch(long_one)),
                         doctest::Contains("sentence 2: 10 tokens, but the model has positions for 9"), Error);
    nlp::Architecture shifted = tiny();
    shifted.first_position = 2;
    CHECK(nlp::longest_sentence(shifted) == 7);
  }
}
