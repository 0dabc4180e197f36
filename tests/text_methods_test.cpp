// What methods of text are made of: streams, pairs, masks, labels, boundaries, and how they are measured.
#include <doctest/doctest.h>
#include <pfm/graph/text_samples.h>
#include <pfm/io/builtin.h>
#include <pfm/nlp/kept_tokenizer.h>
#include <pfm/nlp/masked_batch.h>
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/methods/electra_draws.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nlp/methods/span_boundary.h>
#include <pfm/nlp/read_tokenizer.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nlp/token_stream.h>
#include <pfm/selfsup/finetune.h>
#include <pfm/selfsup/kneser_ney.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>

#include "temporary.h"

using namespace pfm;
using nlp::TokenId;
using nlp::TokenIds;

namespace {

nlp::Tokenizer letters() {
  std::vector<std::string> tokens{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "\n", " "};
  for (char c = 'a'; c <= 'z'; ++c) tokens.emplace_back(1, c);
  return nlp::framing(nlp::tokenizer_of({"characters", tokens}, "a test"));
}

nlp::Architecture tiny(const nlp::Tokenizer& t) {
  nlp::Architecture a = nlp::small_bert();
  a.vocabulary = t.vocabulary->size(), a.positions = 32, a.embedding = a.hidden = 16, a.inner = 32;
  a.layers = a.groups = 2;
  return a;
}

Batch tokens_of(const nlp::Tokenizer& t, std::vector<std::string> texts) {
  return nlp::tokens_of_texts(t)(of_texts("test", std::move(texts)));
}

TokenIds segment(const Batch& b, std::size_t g) {
  return {b.ids.begin() + b.segments[g], b.ids.begin() + b.segments[g + 1]};
}

const Options::Values small{{"hidden", "16"},      {"layers", "1"}, {"length", "32"},
                            {"vocabulary", "300"}, {"epochs", "1"}, {"warmup", "0"}};

double nats(const TextLikelihood& model, std::string text) {
  const std::vector<std::string> documents{std::move(text)};
  return model(documents).nats;
}

}  // namespace

TEST_SUITE("texts") {
  TEST_CASE("a causal model's scores do not depend on what follows, to the last bit") {
    const nlp::Tokenizer t = letters();
    nlp::Architecture a = tiny(t);
    a.causal = true;
    const nlp::MaskedModel model(Params(Rng(3)), a, {});
    const auto scores = [&](const char* text) {
      const Batch batch = nlp::token_batch(std::vector<TokenIds>{t.encode(text)});
      return model.head(model.encoder(nlp::text_rows(a, batch))).value().clone();
    };
    const Matrix one = scores("the quick fox"), other = scores("the quick dog");
    const std::size_t before = std::strlen("the quick ");
    for (std::size_t i = 0; i < before; ++i)
      CHECK(std::memcmp(one.row(Offset(i)).data(), other.row(Offset(i)).data(), one.row(0).size_bytes()) == 0);
    CHECK(std::memcmp(one.row(Offset(before)).data(), other.row(Offset(before)).data(), one.row(0).size_bytes()) != 0);
  }

  TEST_CASE("sequences of a stream predict each token once, and begin elsewhere in each epoch") {
    TokenIds stream(203);
    for (std::size_t i = 0; i < stream.size(); ++i) stream[i] = TokenId(i);
    const MiniBatches batches = nlp::stream_batches(stream, 11, 4);
    std::set<std::int32_t> firsts;
    for (std::uint64_t e = 0; e < 6; ++e) {
      std::vector<std::int32_t> predicted;
      const auto make = batches.epoch(Rng(e));
      for (Offset b = 0; b < batches.an_epoch; ++b) {
        const Batch batch = make(b);
        for (const std::int32_t next : nlp::next_tokens(batch))
          if (next >= 0) predicted.push_back(next);
      }
      std::ranges::sort(predicted);
      CHECK(std::ranges::adjacent_find(predicted) == predicted.end());
      CHECK(predicted.size() > 203 - 3 * 11);
      CHECK(predicted.back() - predicted.front() + 1 == std::int32_t(predicted.size()));
      firsts.insert(predicted.front());
    }
    CHECK(firsts.size() > 1);
    const Batch short_stream = nlp::stream_batches({1, 2, 3}, 11, 4).epoch(Rng(0))(0);
    CHECK(segment(short_stream, 0) == TokenIds{1, 2, 3});
  }

  TEST_CASE("the code length of a model that knows nothing is its tokens times the logarithm of the vocabulary") {
    const nlp::Tokenizer t = letters();
    const auto uniform = [&](const Batch& b) { return Var(Matrix::zeros(b.rows(), t.vocabulary->size())); };
    const TextLikelihood model = nlp::windowed_code_length(t, 8, uniform);
    const std::vector<std::string> documents{"some words that are longer than a window", "and more"};
    const CodeLength length = model(documents);
    const auto tokens = std::int64_t(documents[0].size() + 2 + documents[1].size());
    CHECK(length.predictions == tokens);
    CHECK(length.nats == doctest::Approx(double(tokens) * std::log(double(t.vocabulary->size()))).epsilon(1e-6));
    CHECK(nats(model, "abC") - nats(model, "abc") == doctest::Approx(code_point_nats()));
  }

  TEST_CASE("Kneser-Ney: probabilities of what may follow sum to 1, contexts help, a new character costs its number") {
    const std::vector<std::string> learned{"abracadabra", "abraham braids a bare barb"};
    for (const int order : {1, 2, 5}) {
      CAPTURE(order);
      const TextLikelihood model = kneser_ney(learned, order);
      for (const std::string before : {"abr", "xa", ""}) {
        double sum = std::exp(-(nats(model, before + "Z") - nats(model, before) - code_point_nats()));
        for (const char c : std::string("abcdehimrs \n"))
          sum += std::exp(-(nats(model, before + c) - nats(model, before)));
        CHECK(sum == doctest::Approx(1).epsilon(1e-9));
      }
    }
    CHECK(nats(kneser_ney(learned, 3), "abra") < nats(kneser_ney(learned, 1), "abra"));
    // Counts a: 3, b: 1 of "aab a"-like text: P(a) = (3 - D + D 2 / 3) / 4 with D = n1 / (n1 + 2 n2) = 1.
    CHECK(nats(kneser_ney({"aaab"}, 1), "a") == doctest::Approx(-std::log((3.0 - 1 + 2.0 / 3) / 4)));
  }

  TEST_CASE("pairs: half of them wrong, the right ones follow each other, a sample is always the same pair") {
    const nlp::Tokenizer t = letters();
    const std::vector<std::string> texts{std::string(200, 'a') + std::string(200, 'b'), std::string(300, 'z')};
    const Batch all = tokens_of(t, texts);
    for (const auto wrong : {nlp::WrongPair::elsewhere, nlp::WrongPair::exchanged}) {
      const MiniBatches batches = nlp::pair_batches(all, t, {.wrong = wrong, .length = 23, .size = 8}, Rng(5));
      std::map<std::int64_t, std::pair<TokenIds, bool>> seen;
      std::size_t pairs = 0, wrong_ones = 0;
      for (std::uint64_t e = 0; e < 20; ++e) {
        const auto make = batches.epoch(Rng(e));
        for (Offset b = 0; b < batches.an_epoch; ++b) {
          const Batch batch = make(b);
          for (std::size_t g = 0; g + 1 < batch.segments.size(); ++g) {
            const bool is_wrong = std::ranges::find(batch.hidden_nodes, NodeId(g)) != batch.hidden_nodes.end();
            const TokenIds ids = segment(batch, g);
            CHECK(ids.size() <= 23);
            const auto [at, fresh] = seen.try_emplace(batch.samples[g], ids, is_wrong);
            CHECK(at->second == std::pair(ids, is_wrong));
            const bool both = std::ranges::count(ids, t.encode("z")[0]) > 0 &&
                              std::ranges::count(ids, t.encode("z")[0]) + 3 < Offset(ids.size());
            if (wrong == nlp::WrongPair::elsewhere) CHECK(both == is_wrong);
            ++pairs, wrong_ones += is_wrong;
          }
        }
      }
      CHECK(seen.size() > pairs / 20);
      CHECK(double(wrong_ones) / double(pairs) == doctest::Approx(0.5).epsilon(0.15));
    }
    const Batch one = tokens_of(t, {"a single text"});
    CHECK_THROWS_WITH_AS(nlp::pair_batches(one, t, {.length = 23}, Rng(5)), doctest::Contains("two such texts"), Error);
    CHECK_NOTHROW(nlp::pair_batches(one, t, {.wrong = nlp::WrongPair::exchanged, .length = 23}, Rng(5)));
  }

  TEST_CASE("masks: other ones for other draws, the same for the same; of a sample always the same") {
    const nlp::Tokenizer t = letters();
    const Batch texts = tokens_of(t, {"the quick brown fox jumps over", "a lazy dog that sleeps all day long"});
    const auto mask = [&](std::span<const TokenId> ids, Rng rng) { return nlp::mask_tokens(ids, t, {}, rng); };
    const Corruption fresh = nlp::mask_texts(mask), fixed = nlp::mask_texts(mask, nlp::MaskOf::sample);
    CHECK(fresh(texts, Rng(1)).ids == fresh(texts, Rng(1)).ids);
    CHECK(fresh(texts, Rng(1)).hidden_nodes != fresh(texts, Rng(2)).hidden_nodes);
    const std::vector<NodeId> second{1};
    const Batch alone = chosen_samples(texts, second);
    const Batch of_both = fixed(texts, Rng(1)), of_alone = fixed(alone, Rng(1));
    CHECK(segment(of_alone, 0) == segment(of_both, 1));
    CHECK(segment(fresh(alone, Rng(1)), 0) != segment(fresh(texts, Rng(1)), 1));
  }

  TEST_CASE("n-grams: whole words that follow each other, one to three, 15 % of the tokens at most") {
    const nlp::Tokenizer t = letters();
    std::string text;
    for (int i = 0; i < 400; ++i) text += "ab ";
    const TokenIds ids = t.encode(text);
    for (std::uint64_t i = 0; i < 40; ++i) {
      const nlp::Masked masked = nlp::mask_ngrams(ids, t, {}, Rng(i));
      std::int32_t hidden = 0;
      for (const nlp::Span span : masked.spans) hidden += span.size();
      CHECK(hidden <= std::int32_t(std::floor(0.15 * double(ids.size()) + 0.5)));
      CHECK(hidden > std::int32_t(0.14 * double(ids.size())));
    }
  }

  TEST_CASE("ELECTRA: draws follow the generator's law; a draw that hits the original is no replacement") {
    Batch seen = nlp::token_batch(std::vector<TokenIds>{{7, 4, 8}});
    seen.hidden_nodes = {1};
    const Matrix scores(1, 3, {Real(std::log(0.6)), Real(std::log(0.3)), Real(std::log(0.1))});
    std::vector<double> found(3);
    for (std::uint64_t i = 0; i < 6000; ++i) ++found[std::size_t(nlp::filled_in(seen, scores, Rng(i)).ids[1])];
    CHECK(found[0] / 6000 == doctest::Approx(0.6).epsilon(0.04));
    CHECK(found[1] / 6000 == doctest::Approx(0.3).epsilon(0.08));
    const Batch truth = nlp::token_batch(std::vector<TokenIds>{{7, 2, 8}});
    const std::vector<NodeId> rows{0, 1, 2};
    Batch filled = truth;
    CHECK(std::ranges::equal(nlp::were_replaced(filled, truth, rows).values(), std::vector<Real>{0, 0, 0}));
    filled.ids[1] = 1;
    CHECK(std::ranges::equal(nlp::were_replaced(filled, truth, rows).values(), std::vector<Real>{0, 1, 0}));
  }

  TEST_CASE("ALBERT-base has 11,683,584 parameters with its pooler") {
    nlp::Architecture a = nlp::small_bert();
    a.vocabulary = 30000, a.positions = 512, a.embedding = 128, a.hidden = 768, a.heads = 12, a.inner = 3072;
    a.layers = 12, a.groups = 1, a.embedding_project = true;
    const Params p(Rng(1));
    const nlp::TextEncoder encoder(p, a);
    const nlp::Pooler pooler(p, a);
    CHECK(p.count() == 11683584);
  }

  TEST_CASE("SpanBERT: what stands in a span has no part in its boundary objective") {
    const nlp::Tokenizer t = letters();
    const nlp::Architecture a = tiny(t);
    const Params p(Rng(2));
    const nlp::MaskedModel model(p, a, {});
    const nlp::SpanBoundary boundary(p / "span_boundary", a, model.head, 32);
    const Batch truth = nlp::token_batch(std::vector<TokenIds>{nlp::framed(t, "some words"), nlp::framed(t, "others")});
    Batch seen = truth;
    seen.hidden_nodes = {3, 4, 5, 14, 15, 16};
    const std::vector<NodeId> beside_spans{2, 6, 13, 17}, all = nlp::rows_of_all({beside_spans, seen.hidden_nodes});
    CHECK(nlp::SpanBoundary::asked(seen) == beside_spans);
    const Var rows(model.rows(seen, all).rows.value().clone(), true);
    backward(boundary.loss({all, rows}, seen, truth));
    for (Offset i = 0; i < rows.rows(); ++i) {
      const bool beside = std::ranges::find(beside_spans, all[std::size_t(i)]) != beside_spans.end();
      const auto squares = [&] {
        double sum = 0;
        for (const Real g : rows.grad().row(i)) sum += double(g) * double(g);
        return sum;
      }();
      CAPTURE(i);
      CHECK((squares > 0) == beside);
    }
  }

  TEST_CASE("a tokenizer is kept as text and comes back; what is damaged is refused") {
    const Dataset data = io::builtin("coriolanus");
    for (const char* kind : {"characters", "bytes"}) {
      const Options options(Rng(1), {{"tokenizer", kind}, {"vocabulary", "300"}});
      const nlp::TextOptions text = nlp::text_options(options, {.tokenizer = "bytes", .pool = "mean"});
      const nlp::Tokenizer learned = nlp::tokenizer_from(text, data, options);
      const std::string kept = options.learned().at("learned.tokenizer");
      const Temporary folder;  // one reader for what was learned and for what came from elsewhere
      put(folder / "tokenizer.json", kept);
      CHECK(nlp::read_tokenizer(folder.path()).encode(data.texts[3]) == learned.encode(data.texts[3]));
      const Options restored(Rng(1), {{"tokenizer", kind}, {"vocabulary", "300"}, {"learned.tokenizer", kept}});
      const nlp::Tokenizer again = nlp::tokenizer_from(
          nlp::text_options(restored, {.tokenizer = "bytes", .pool = "mean"}), of_texts("", {"x"}), restored);
      CHECK_NOTHROW(restored("length", 128));
      CHECK(again.encode(data.texts[3]) == learned.encode(data.texts[3]));
      CHECK(learned.decode(learned.encode(data.texts[3])) == data.texts[3]);
    }
    for (const char* damaged : {"", "{}", R"({"kind":"bytes"})", R"({"kind":"bytes","tokens":[1]})", R"(["a"])",
                                R"({"kind":"other","tokens":["a"]})", R"({"kind":"bytes","tokens":["a","a"]})",
                                R"({"kind":"word-piece","tokens":["a"]})", R"({"kind":"characters","tokens":[]})",
                                R"({"kind":"bytes","tokens":["a"],"merges":[["a"]]})"}) {
      const Options options(Rng(1), {{"tokenizer", "bytes"}, {"learned.tokenizer", damaged}});
      const nlp::TextOptions text = nlp::text_options(options, {.tokenizer = "bytes", .pool = "mean"});
      CAPTURE(damaged);
      CHECK_THROWS_WITH_AS(nlp::tokenizer_from(text, data, options), doctest::Contains("the tokenizer of coriolanus"),
                           Error);
    }
  }

  TEST_CASE("a model's file is enough for other texts: rows, classes learned from there") {
    const Temporary folder;
    const Dataset data = io::builtin("coriolanus");
    const Method method = bert();
    const PreparedSeed ready = prepare_seed(method, data, protocol("held-out"), small, 3);
    pretrain(ready.pretext, ready.batch, ready.training);
    Recipe recipe{"bert", "coriolanus", "held-out", {}, 3};
    for (const Options::Asked& o : ready.options) recipe.options[o.name] = o.value;
    recipe.options.insert(ready.learned.begin(), ready.learned.end());
    save_model(folder / "m.safetensors", recipe, ready.pretext.params);
    const Checkpoint checkpoint(folder / "m.safetensors");

    std::vector<std::string> texts;
    for (int i = 0; i < 40; ++i) texts.push_back(i % 2 ? "What says the citizen " : "Of corn at our own price");
    for (std::size_t i = 0; i < texts.size(); ++i) texts[i] += " \xC3\xA9 number " + std::to_string(i);
    Dataset other = of_texts("other", texts);
    for (std::int32_t i = 0; i < 40; ++i) {
      other.targets.classes.push_back(i % 2);
      other.splits[i < 20 ? "train" : i < 24 ? "validation" : "test"].push_back(i);
    }
    const Pretext restored = method.make(other, Options(Rng(3).split("method"), checkpoint.recipe().options));
    checkpoint.restore(restored.params);
    const Matrix rows = outcome_of(restored, restored.prepare(other)).embedding.as_dense();
    const Matrix same = outcome_of(ready.pretext, ready.pretext.prepare(other)).embedding.as_dense();
    CHECK(std::memcmp(rows.data(), same.data(), rows.values().size_bytes()) == 0);

    const SeedResult tuned = finetune_seed(method, checkpoint, other, protocol("probe"),
                                           {{"epochs", "8"}, {"batch", "4"}, {"labels", "8"}, {"lr", "0.01"}}, 1, 1);
    CHECK(tuned.controls[0].first == "scratch");
    CHECK(tuned.trained[0].second > 60);
    CHECK(tuned.training.steps == 8 * 2);
  }

  TEST_CASE("a text that is too long goes through the network in pieces; parts of the texts give the same rows") {
    const nlp::Tokenizer t = letters();
    const nlp::TextEncoder network(Params(Rng(3)), tiny(t));
    const Encoder mean = nlp::text_vectors(network, t, {.tokenizer = "characters", .length = 12, .pool = "mean"});
    const Batch all = tokens_of(t, {"short", "a text of more than ten letters", ""});
    const Matrix rows = mean(all).value().clone();
    CHECK(rows.rows() == 3);
    CHECK(std::ranges::all_of(rows.row(2), [](Real v) { return v == 0; }));
    const Batch pieces = tokens_of(t, {"a text of ", "more than ", "ten letter", "s"});
    const Matrix parts = mean(pieces).value().clone();
    for (Offset j = 0; j < rows.cols(); ++j)
      CHECK(rows(1, j) ==
            doctest::Approx((12 * parts(0, j) + 12 * parts(1, j) + 12 * parts(2, j) + 3 * parts(3, j)) / 39)
                .epsilon(1e-5));
    const Encoder first = nlp::text_vectors(network, t, {.tokenizer = "characters", .length = 12, .pool = "first"});
    CHECK(
        first(all).value()(0, 0) ==
        network(nlp::text_rows(network.architecture, nlp::token_batch(std::vector<TokenIds>{nlp::framed(t, "short")})))
            .value()(0, 0));
  }

  TEST_CASE("protocol lm: the last tenth is not in the view, controls order as they should") {
    const Dataset data = io::builtin("coriolanus");
    const Protocol& lm = protocol("lm");
    const Dataset view = lm.view(data, Rng(1));
    std::int64_t seen = 0, all = 0;
    for (const std::string& text : view.texts) seen += character_count(text);
    for (const std::string& text : data.texts) all += character_count(text);
    CHECK(double(seen) / double(all) == doctest::Approx(0.87).epsilon(0.02));
    CHECK(std::ranges::equal(view.texts, std::span(data.texts).first(view.texts.size())));
    const Dataset tuned = protocol("lm@validation").view(data, Rng(1));
    CHECK(tuned.texts.size() < view.texts.size());
    CHECK(std::ranges::equal(tuned.texts, std::span(view.texts).first(tuned.texts.size())));
    std::map<std::string, double> bits;
    for (const Control& c : controls()) {
      if (!std::ranges::count(lm.controls, c.name)) continue;
      const Scores scores = lm.score(c.make(view, Rng(1)), data, Rng(1));
      CHECK(scores.size() == 1);  // a character's perplexity says nothing beside a token's
      bits[c.name] = scores[0].second;
    }
    CHECK(bits.at("unigram") > bits.at("bigram"));
    CHECK(bits.at("unigram") < std::log2(70));
    CHECK_THROWS_AS(lm.score({}, data, Rng(1)), Error);
    CHECK_THROWS_AS(lm.view(io::builtin("karate"), Rng(1)), Error);
  }
}
