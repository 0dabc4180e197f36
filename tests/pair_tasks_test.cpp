// Pairs of texts with classes: what training sees, how a pair is read, how classes are scored and learned.
#include <doctest/doctest.h>
#include <pfm/graph/text_samples.h>
#include <pfm/nlp/kept_tokenizer.h>
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/selfsup/finetune.h>
#include <pfm/selfsup/heads.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "temporary.h"

using namespace pfm;
using nlp::TokenIds;

namespace {

// Texts of one repeated letter in pairs, of class 1 where both have the same letter.
Dataset letter_pairs(NodeId count) {
  std::vector<std::string> texts;
  for (char c = 'a'; c < 'e'; ++c) texts.push_back(std::string(3, c)), texts.push_back(std::string(4, c));
  Dataset data = of_texts("letters", texts);
  const Rng rng(5);
  for (NodeId i = 0; i < count; ++i) {
    const auto a = NodeId(rng.below(std::uint64_t(2 * i), 8));
    auto b = NodeId(rng.below(std::uint64_t(2 * i + 1), 8));
    if (i % 2 == 0) b = NodeId(a / 2 * 2 + b % 2);
    data.targets.pairs.push_back({a, 0, b});
    data.targets.classes.push_back(a / 2 == b / 2);
    data.splits[i < count / 2 ? "train" : "test"].push_back(i);
  }
  return data;
}

nlp::Tokenizer abc_tokens() {
  std::vector<std::string> tokens{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "\n"};
  for (char c = 'a'; c <= 'z'; ++c) tokens.emplace_back(1, c);
  return nlp::framing(nlp::tokenizer_of({"characters", tokens}, "a test"));
}

std::vector<std::int32_t> drawn_labels(const char* labels, int seed) {
  std::vector<std::int32_t> classes;
  for (int i = 0; i < 100; ++i) classes.push_back(i % 10 == 9 ? -1 : i < 30 ? 0 : i < 98 ? 1 : 2);  // 27, 62, 1 known
  const HeadSettings head = head_from(Options(Rng(0), {{"labels", labels}}), Task::graph);
  return some_of(classes, head.labels, Rng(std::uint64_t(seed)));
}

std::vector<std::ptrdiff_t> labels_of_each(const std::vector<std::int32_t>& classes) {
  return {std::ranges::count(classes, 0), std::ranges::count(classes, 1), std::ranges::count(classes, 2)};
}

}  // namespace

TEST_SUITE("texts") {
  TEST_CASE("pairs: training sees no test pair; the rest is a sample each, of two texts") {
    const Dataset data = letter_pairs(200);
    const Protocol& pairs = protocol("pairs");
    CHECK(&default_protocol(data) == &pairs);
    const Dataset view = pairs.view(data, Rng(2)), all = pairs.embedded(data, Rng(2));
    CHECK((view.graphs() == 100 && all.graphs() == 200));
    CHECK((texts_of_a_sample(view) == 2 && texts_of_a_sample(data) == 1));
    CHECK((all.texts[6] == data.texts[std::size_t(data.targets.pairs[3].source)] &&
           all.texts[7] == data.texts[std::size_t(data.targets.pairs[3].target)]));
    CHECK(view.splits.at("validation").size() == 10);  // a tenth of the training part, where none is given
    CHECK(std::ranges::count(view.targets.classes, -1) == 10);
    CHECK(std::ranges::count(all.targets.classes, -1) == 110);
    CHECK_THROWS_WITH_AS(pairs.view(of_texts("plain", {"a"}), Rng(0)), doctest::Contains("labelled-pairs"), Error);
    CHECK(chosen_texts(data, std::vector<NodeId>{7}).targets.classes.empty());
  }

  TEST_CASE("pairs: accuracy and F1 of the second class over the test part") {
    Dataset data = letter_pairs(12);  // the last six are tested, their classes are 1 x 1 x 1 x
    data.targets.classes = {1, 0, 1, 0, 1, 0, 1, 1, 1, 1, 0, 0};
    Matrix scores = Matrix::zeros(12, 2);
    for (const Offset i : {6, 7, 8, 10}) scores(i, 1) = 1;  // right: 6 7 8 and 11
    const Scores found = protocol("pairs").score({.embedding = {}, .class_scores = std::move(scores)}, data, Rng(0));
    CHECK((found[0].first == "accuracy" && found[1].first == "f1"));
    CHECK(found[0].second == doctest::Approx(100 * 4 / 6.0));
    CHECK(found[1].second == doctest::Approx(100 * 2 * 3 / 8.0));
  }

  TEST_CASE("a pair is read as one framed sequence with its segments, the longer text cut") {
    const nlp::Tokenizer t = abc_tokens();
    nlp::Architecture a = nlp::small_bert();
    a.vocabulary = t.vocabulary->size(), a.positions = 16, a.embedding = a.hidden = 16, a.inner = 32;
    a.layers = a.groups = 2;
    const nlp::TextEncoder network(Params(Rng(3)), a);
    Dataset data = of_texts("pairs", {"abc", "defghijklmnop", "x"});
    data.targets.pairs = {{0, 0, 1}, {2, 0, 0}};
    const Batch batch = nlp::tokens_of_texts(t)(of_text_pairs(data));
    CHECK(batch.segments == std::vector<Offset>{0, 16, 20});
    const Encoder first = nlp::text_vectors(network, t, {.tokenizer = "characters", .length = 12, .pool = "first"});
    const Matrix rows = first(batch).value().clone();
    const std::vector<nlp::FramedPair> framed{nlp::framed_pair(t, "abc", "defghi", 12, nlp::Truncation::longest_first),
                                              nlp::framed_pair(t, "x", "abc", 12, nlp::Truncation::longest_first)};
    const Batch expected = nlp::token_batch(framed);
    CHECK(expected.segments == std::vector<Offset>{0, 12, 19});
    const Matrix whole = network(nlp::text_rows(a, expected)).value().clone();
    CHECK(std::memcmp(rows.row(0).data(), whole.row(0).data(), rows.row(0).size_bytes()) == 0);
    CHECK(std::memcmp(rows.row(1).data(), whole.row(12).data(), rows.row(0).size_bytes()) == 0);
  }

  TEST_CASE("finetuning on pairs of texts learns whether they go together, beside scratch and the majority") {
    const Temporary folder;
    const Dataset data = letter_pairs(400);
    const Method method = bert();
    const PreparedSeed ready = prepare_seed(method, data, protocol("pairs"),
                                            {{"tokenizer", "characters"},
                                             {"hidden", "32"},
                                             {"heads", "2"},
                                             {"layers", "2"},
                                             {"length", "16"},
                                             {"epochs", "0"},
                                             {"dropout", "0"}},
                                            3);
    Recipe recipe{method.id, "letters", "pairs", {}, 3};
    for (const Options::Asked& o : ready.options) recipe.options[o.name] = o.value;
    recipe.options.insert(ready.learned.begin(), ready.learned.end());
    save_model(folder / "m.safetensors", recipe, ready.pretext.params);
    const SeedResult tuned = finetune_seed(method, Checkpoint(folder / "m.safetensors"), data, protocol("pairs"),
                                           {{"epochs", "40"}, {"batch", "16"}, {"lr", "0.005"}}, 3, 3);
    CHECK(tuned.controls[0] == std::pair<std::string, Scores>("scratch", tuned.trained));
    CHECK(tuned.controls[1].first == "majority");
    CHECK(tuned.controls[1].second[0].second < 70);
    CHECK(tuned.trained[0].second > 85);
  }

  TEST_CASE("labels: all, so many, so many of each class, a percentage; drawn by the seed") {
    using Counts = std::vector<std::ptrdiff_t>;
    CHECK(labels_of_each(drawn_labels("all", 1)) == Counts{27, 62, 1});
    CHECK(labels_of_each(drawn_labels("8/class", 1)) == Counts{8, 8, 1});
    const Counts half = labels_of_each(drawn_labels("50%", 1)), ten = labels_of_each(drawn_labels("10", 1));
    CHECK(half[0] + half[1] + half[2] == 45);
    CHECK(ten[0] + ten[1] + ten[2] == 10);
    CHECK(drawn_labels("8/class", 1) == drawn_labels("8/class", 1));
    CHECK(drawn_labels("8/class", 1) != drawn_labels("8/class", 2));
    for (const char* wrong : {"0", "-3", "1.5", "8/clas", "101%", "", "ten", "2.5/class"})
      CHECK_THROWS_WITH_AS(drawn_labels(wrong, 1), doctest::Contains("16/class"), Error);
  }
}
