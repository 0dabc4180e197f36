// Encoder-decoders of texts and MPNet: what their rows see, and the objectives that theirs contain.
#include <doctest/doctest.h>
#include <pfm/graph/text_samples.h>
#include <pfm/io/builtin.h>
#include <pfm/nlp/bleu.h>
#include <pfm/nlp/methods/fragment_rows.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nlp/methods/permuted_rows.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nlp/token_stream.h>
#include <pfm/nlp/word_piece.h>
#include <pfm/nn/classification.h>
#include <pfm/nn/shape.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "chi_square.h"

using namespace pfm;
using nlp::TokenId;
using nlp::TokenIds;

namespace {

constexpr TokenId mask_token = 1;

nlp::Architecture small_shape() {
  return {.family = "bart",
          .vocabulary = 40,
          .positions = 16,
          .embedding = 16,
          .hidden = 16,
          .heads = 2,
          .inner = 32,
          .layers = 2,
          .groups = 2,
          .activation = "gelu",
          .epsilon = 1e-5,
          .decoder_layers = 2};
}

// Large enough weights that a difference shows.
const nlp::TextSettings wide{.dropout = 0, .attention_dropout = 0, .deviation = 0.3};

Batch two_texts() { return nlp::token_batch(std::vector<TokenIds>{{5, 6, 7, 8, 9, 10}, {11, 12, 13, 14}}); }

Batch hidden_at(Batch texts, std::vector<NodeId> rows) {
  for (const NodeId row : rows) texts.ids[std::size_t(row)] = mask_token;
  texts.hidden_nodes = std::move(rows);
  return texts;
}

double loss_of(const nlp::PredictedTokens& p) { return double(cross_entropy(p.scores, p.tokens).scalar()); }

bool same_row(const Matrix& a, const Matrix& b, Offset row) {
  return std::memcmp(a.row(row).data(), b.row(row).data(), a.row(row).size_bytes()) == 0;
}

nlp::TextRows with_mask(nlp::TextRows rows, const std::function<void(AttentionMask&)>& change) {
  AttentionPlan plan = *rows.plan;
  change(plan.mask);
  rows.plan = std::make_shared<const AttentionPlan>(std::move(plan));
  return rows;
}

nlp::Architecture mpnet_shape() {
  nlp::Architecture a = small_shape();
  a.decoder_layers = 0, a.relative_buckets = 32, a.head_activation = "gelu";
  return a;
}

}  // namespace

TEST_SUITE("texts") {
  TEST_CASE("a decoder's scores do not depend on the tokens that follow, but on all of its own source's") {
    const nlp::Architecture a = small_shape();
    const nlp::SequenceModel model(Params(Rng(1)), a, wide);
    const auto scores = [&](const Batch& sources, const Batch& texts) {
      return model({sources, nlp::decoder_rows(a, texts, sources), nlp::next_tokens(texts)}).scores.value().clone();
    };
    Batch other = two_texts(), source = two_texts();
    other.ids[4] = 20, source.ids[5] = 20;
    const Matrix one = scores(two_texts(), two_texts()), later = scores(two_texts(), other),
                 sourced = scores(source, two_texts());
    for (Offset i = 0; i < 10; ++i) {
      CHECK(same_row(one, later, i) == (i < 4 || i > 5));
      CHECK(same_row(one, sourced, i) == (i > 5));
    }
  }

  TEST_CASE("MASS: a fragment of half the tokens, every place alike, between what frames") {
    std::vector<std::string> texts{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b"};
    const nlp::Tokenizer t =
        nlp::word_piece(std::make_shared<const nlp::Vocabulary>(std::move(texts), "a test"), nlp::Case::kept);
    const TokenIds ids{2, 5, 6, 5, 3, 6, 5, 6, 3};  // six tokens, a separator behind the third
    std::vector<double> begins(4, 0);
    for (int i = 0; i < 4000; ++i) {
      const auto hidden = nlp::chosen_places(nlp::mask_fragment(ids, t, {.rate = 0.5}, Rng(1).split(std::uint64_t(i))));
      REQUIRE(hidden.size() == 3);
      const std::vector<std::int32_t> of{1, 2, 3, 5, 6, 7};
      const auto begin = std::ranges::find(of, hidden[0]) - of.begin();
      CHECK(std::equal(hidden.begin(), hidden.end(), of.begin() + begin));
      begins.at(std::size_t(begin)) += 1;
    }
    ChiSquare even;
    even.add(begins, std::vector<double>(4, 1000));
    CHECK(even.p_value() > 1e-4);
    CHECK(nlp::mask_fragment(TokenIds{2, 3}, t, {}, Rng(1)).spans.empty());
  }

  TEST_CASE("MASS: the decoder stands at the masked places and reads the token before where that is masked too") {
    const Batch truth = two_texts(), seen = hidden_at(truth, {2, 3, 4, 6, 9});
    const nlp::Rewriting one = nlp::fragment_rewriting(small_shape(), seen, truth, mask_token);
    CHECK(one.rows.text.positions == std::vector<NodeId>{2, 3, 4, 0, 3});
    CHECK(one.rows.text.tokens == std::vector<NodeId>{mask_token, 7, 8, mask_token, mask_token});
    CHECK(one.targets == std::vector<std::int32_t>{7, 8, 9, 11, 14});
    CHECK(one.rows.sources->queries == std::vector<Offset>{0, 3, 5});
    CHECK(one.rows.sources->keys == std::vector<Offset>{0, 6, 10});
  }

  TEST_CASE("MASS of one token is a masked language model, of all tokens a language model") {
    const nlp::Architecture a = small_shape();
    const nlp::SequenceModel model(Params(Rng(1)), a, wide);
    const Batch truth = two_texts();
    {
      // -log p(x_u | the others): whatever stands at u itself has no part in what is asked.
      const Batch seen = hidden_at(truth, {2, 8});
      const double loss = loss_of(model(nlp::fragment_rewriting(a, seen, truth, mask_token)));
      const Var memory = model.encoder(nlp::text_rows(a, seen));
      nlp::DecoderRows asked =
          nlp::decoder_rows(a, nlp::token_batch(std::vector<TokenIds>{{mask_token}, {mask_token}}), seen);
      asked.text.positions = {2, 2};
      const Var scores = model.head(model.decoder(asked.text, memory, asked.sources));
      CHECK(loss ==
            doctest::Approx(double(cross_entropy(scores, std::vector<std::int32_t>{7, 13}).scalar())).epsilon(1e-6));
    }
    {
      // -sum log p(x_t | x_<t) behind a first symbol; the encoder tells nothing but lengths.
      const Batch seen = hidden_at(truth, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
      const double loss = loss_of(model(nlp::fragment_rewriting(a, seen, truth, mask_token)));
      const Batch shifted =
          nlp::token_batch(std::vector<TokenIds>{{mask_token, 5, 6, 7, 8, 9, 10}, {mask_token, 11, 12, 13, 14}});
      const double language = loss_of(model({seen, nlp::decoder_rows(a, shifted, seen), nlp::next_tokens(shifted)}));
      CHECK(loss == doctest::Approx(language).epsilon(1e-6));
    }
  }

  TEST_CASE("MPNet: a query sees every place once, and no token that is predicted later") {
    const nlp::Architecture a = mpnet_shape();
    const nlp::MaskedModel model(Params(Rng(2)), a, wide);
    const Batch truth = two_texts(), seen = hidden_at(truth, {1, 3, 4, 7});
    const nlp::PermutedRows rows = nlp::permuted_rows(a, seen, truth, Rng(3));
    CHECK(std::ranges::is_permutation(rows.tokens, std::vector<std::int32_t>{6, 8, 9, 12}));
    for (std::size_t q = 0; q < rows.tokens.size(); ++q) {
      const std::size_t g = q < 3 ? 0 : 1;
      const auto& [first, last, rank] = rows.queries.plan->mask;
      std::vector<NodeId> places;
      for (Offset j = rows.queries.plan->keys[g]; j < rows.queries.plan->keys[g + 1]; ++j)
        if (first[q] <= rank[std::size_t(j)] && rank[std::size_t(j)] < last[q])
          places.push_back(rows.content.positions[std::size_t(j)]);
      std::ranges::sort(places);
      CHECK(places == (g == 0 ? std::vector<NodeId>{0, 1, 2, 3, 4, 5} : std::vector<NodeId>{0, 1, 2, 3}));
    }
    // Scores of query t when another token stands at the place of z_s: the same to the last bit for s >= t.
    const auto scores = [&](const nlp::PermutedRows& of) {
      return model.head(nlp::query_stream(model.encoder, of)).value().clone();
    };
    const Matrix found = scores(rows);
    for (Offset s = 0; s < 3; ++s) {
      nlp::PermutedRows other = rows;
      other.content.tokens.at(std::size_t(6 + s)) = 30;  // behind the first text's own six rows
      const Matrix changed = scores(other);
      for (Offset t = 0; t < 4; ++t) CHECK(same_row(found, changed, t) == (s >= t || t == 3));
    }
  }

  TEST_CASE("MPNet without what is predicted before is a masked language model, without later masks a permuted one") {
    const nlp::Architecture a = mpnet_shape();
    const nlp::MaskedModel model(Params(Rng(2)), a, wide);
    const Batch truth = two_texts(), seen = hidden_at(truth, {1, 3, 4, 7});
    const nlp::PermutedRows rows = nlp::permuted_rows(a, seen, truth, Rng(3));
    const auto loss = [&](const nlp::PermutedRows& of) {
      return double(cross_entropy(model.head(nlp::query_stream(model.encoder, of)), of.tokens).scalar());
    };
    const std::vector<Offset> predicted{3, 3, 3, 1};  // of each query's text
    {
      nlp::PermutedRows masked = rows;  // context and all masks
      masked.queries = with_mask(rows.queries, [&](AttentionMask& m) {
        m.first = predicted;
        for (std::size_t q = 0; q < predicted.size(); ++q) m.last[q] = 2 * predicted[q] + 1;
      });
      const double by_rows = double(model.loss(model.rows(seen, seen.hidden_nodes), seen, truth).scalar());
      CHECK(loss(masked) == doctest::Approx(by_rows).epsilon(1e-6));
      CHECK(loss(rows) != doctest::Approx(by_rows).epsilon(1e-4));
    }
    {
      // Context and earlier tokens alone, as in XLNet: the same as with ranks in the order of prediction and no mask
      // rows at all.
      nlp::PermutedRows permuted = rows;
      permuted.queries = with_mask(rows.queries, [&](AttentionMask& m) {
        for (std::size_t q = 0; q < predicted.size(); ++q) m.last[q] = predicted[q] + 1;
      });
      permuted.content = with_mask(rows.content, [&](AttentionMask& m) {
        for (std::size_t i = 0; i < m.last.size(); ++i) m.last[i] = (i < 9 ? 3 : 1) + 1;
      });
      const std::vector<NodeId> place{rows.content.positions[6], rows.content.positions[7], rows.content.positions[8]};
      std::vector<Offset> ranks(10, 0);
      for (std::size_t t = 0; t < 3; ++t) ranks[std::size_t(place[t])] = Offset(t) + 1;
      ranks[7] = 1;
      nlp::TextRows content = nlp::text_rows(a, truth),
                    queries = nlp::text_rows(a, hidden_at(truth, {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
      // What stands in the context sees all of it; a predicted token sees it and those up to itself.
      content = with_mask(content, [&](AttentionMask& m) { m = permuted_mask(ranks, true); });
      queries = with_mask(queries, [&](AttentionMask& m) { m = permuted_mask(ranks, false); });
      const auto entering = [&](const nlp::TextRows& of) {
        return model.encoder.embedded(gather_rows(model.encoder.tables.tokens, of.tokens), of);
      };
      const Var stream = model.encoder.transformer.two_streams(
          {.plan = content.plan, .bias = model.encoder.relative_bias}, entering(content),
          {.plan = queries.plan, .bias = model.encoder.relative_bias}, entering(queries));
      const nlp::ChosenRows asked{seen.hidden_nodes, gather_rows(stream, seen.hidden_nodes)};
      CHECK(loss(permuted) == doctest::Approx(double(model.loss(asked, seen, truth).scalar())).epsilon(1e-6));
      CHECK(loss(permuted) != doctest::Approx(loss(rows)).epsilon(1e-4));
    }
  }

  TEST_CASE("what a decoder writes: the likeliest token behind its own tokens, one after the other") {
    const nlp::Architecture a = small_shape();
    const nlp::SequenceModel model(Params(Rng(1)), a, wide);
    const Batch texts = two_texts(), seen = hidden_at(texts, {1, 2, 4, 7, 8});
    for (const bool fragment : {false, true}) {
      nlp::Rewriting asked = fragment
                                 ? nlp::fragment_rewriting(a, seen, texts, mask_token)
                                 : nlp::Rewriting{seen, nlp::decoder_rows(a, texts, seen), nlp::next_tokens(texts)};
      const TokenIds gave = model.written(asked);
      REQUIRE(gave.size() == asked.targets.size());
      nlp::Rewriting own = asked;  // what was written, read at once
      for (std::size_t i = 0; i + 1 < gave.size(); ++i)
        if (asked.targets[i] >= 0 && asked.rows.text.tokens[i + 1] == asked.targets[i])
          own.rows.text.tokens[i + 1] = gave[i];
      CHECK(own.rows.text.tokens != asked.rows.text.tokens);
      const Matrix scores = model(own).scores.value().clone();
      for (std::size_t i = 0; i < gave.size(); ++i) {
        CHECK((gave[i] == nlp::no_token) == (asked.targets[i] < 0));
        if (asked.targets[i] < 0) continue;
        const auto row = scores.row(Offset(i));
        CHECK(row[std::size_t(gave[i])] == doctest::Approx(*std::ranges::max_element(row)).epsilon(1e-5));
      }
    }
  }

  TEST_CASE("BLEU: by hand, its bounds, and what is too short") {
    const std::vector<TokenIds> wanted{{1, 2, 3, 4, 5, 6}};
    CHECK(nlp::bleu(wanted, wanted) == doctest::Approx(100));
    // 5 of 6 tokens, 4 of 5 pairs, 3 of 4 triples, 2 of 3 fours.
    const std::vector<TokenIds> last_wrong{{1, 2, 3, 4, 5, 9}};
    CHECK(nlp::bleu(last_wrong, wanted) == doctest::Approx(100 * std::pow(5.0 / 6 * 4 / 5 * 3 / 4 * 2 / 3, 0.25)));
    const std::vector<TokenIds> shorter{{1, 2, 3, 4}};
    CHECK(nlp::bleu(shorter, wanted) == doctest::Approx(100 * std::exp(1 - 6.0 / 4)));
    // A token counts as often as it is wanted.
    const std::vector<TokenIds> again{{1, 2, 3, 4, 1, 2, 3, 4}}, once{{1, 2, 3, 4, 7, 8, 9, 9}};
    CHECK(nlp::bleu(again, once) == doctest::Approx(100 * std::pow(4.0 / 8 * 3 / 7 * 2 / 6 * 1 / 5, 0.25)));
    const std::vector<TokenIds> nothing{{}};
    CHECK(nlp::bleu(nothing, wanted) == 0);
  }

  TEST_CASE("BART: a text that grows by its masks still fits") {
    const Dataset data = of_texts("short", std::vector<std::string>(30, "a bc. d"));
    const Options options(Rng(1), {{"length", "8"}, {"mask", "0.01"}, {"hidden", "8"}, {"layers", "1"}});
    const Pretext pretext = bart().make(data, options);
    const MiniBatches batches = pretext.batches(pretext.prepare(data));
    for (std::uint64_t e = 0; e < 8; ++e) {
      const auto make = batches.epoch(Rng(e));
      for (Offset b = 0; b < batches.an_epoch; ++b) CHECK_NOTHROW(pretext.loss(make(b), Rng(e)));
    }
  }
}
