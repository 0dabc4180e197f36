// The control with shuffled targets: nothing can be learned from it but how often each target comes.
#include <doctest/doctest.h>
#include <pfm/graph/text_samples.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/selfsup/pretext_targets.h>
#include <pfm/selfsup/pretrain.h>
#include <pfm/tests/digits.h>
#include <pfm/vision/methods/methods.h>

#include <algorithm>
#include <cmath>

using namespace pfm;

namespace {

// Each text one of eight letters again and again: what is hidden or comes next is what stands beside it.
Dataset rows_of_letters() {
  std::vector<std::string> texts;
  for (char c = 'a'; c < 'i'; ++c) texts.emplace_back(120, c);
  return of_texts("rows", texts);
}

// Of the columns, their mean: the error of whoever says each column's mean.
double column_variance(const Matrix& rows) {
  double sum = 0;
  for (Offset j = 0; j < rows.cols(); ++j) {
    double mean = 0, square = 0;
    for (Offset i = 0; i < rows.rows(); ++i) mean += double(rows(i, j)), square += double(rows(i, j) * rows(i, j));
    sum += square / double(rows.rows()) - mean * mean / double(rows.rows() * rows.rows());
  }
  return sum / double(rows.cols());
}

double last_loss(const Method& method, const Dataset& data, Options::Values values, const char* targets) {
  values["targets"] = targets;
  const Pretext pretext = method.make(data, Options(Rng(1), values));
  return pretrain(pretext, pretext.prepare(data), Rng(2)).last_loss;
}

}  // namespace

TEST_SUITE("methods") {
  TEST_CASE("targets: shuffled ones are the same among what is asked, drawn anew each time; true ones stay") {
    const PretextTargets own, other{true};
    const std::vector<std::int32_t> targets{-1, 5, 6, 7, -1, 8, 9, 5};
    CHECK(own(targets, Rng(1)) == targets);
    std::vector<std::int32_t> found = other(targets, Rng(1));
    CHECK(found != targets);
    CHECK(found != other(targets, Rng(2)));
    CHECK((found[0] == -1 && found[4] == -1));
    CHECK(std::ranges::is_permutation(found, targets));
    Batch truth;
    truth.ids = {10, 11, 12, 13, 14, 15};
    const std::vector<NodeId> asked{0, 2, 3, 5};
    const Batch moved = other(truth, asked, Rng(3));
    CHECK((moved.ids[1] == 11 && moved.ids[4] == 14 && moved.ids != truth.ids));
    CHECK(std::ranges::is_permutation(moved.ids, truth.ids));
    Matrix rows(6, 1);
    for (Offset i = 0; i < 6; ++i) rows(i, 0) = Real(i);
    const Matrix permuted = other(Var(rows.clone()), Rng(4)).value().clone();
    CHECK(!std::ranges::equal(permuted.values(), rows.values()));
    CHECK(std::ranges::is_permutation(permuted.values(), rows.values()));
    CHECK_THROWS_WITH_AS(targets_from(Options(Rng(0), {{"targets", "random"}})), doctest::Contains("shuffled"), Error);
  }

  // A prediction of its own letter needs no nats in the end, of any letter log 8.
  TEST_CASE("targets: texts with shuffled ones stay at the loss of chance, of every family") {
    const Options::Values small{
        {"hidden", "32"}, {"heads", "2"},  {"layers", "1"}, {"length", "34"}, {"dropout", "0"},
        {"epochs", "60"}, {"warmup", "0"}, {"batch", "8"},  {"lr", "0.01"},   {"tokenizer", "characters"}};
    struct Case {
      Method method;
      Options::Values more;
    };
    const double chance = std::log(8.0);
    for (const Case& c : std::vector<Case>{{bert(), {{"mask", "0.2"}, {"next_sentence", "false"}}},
                                           {roberta(), {{"mask", "0.2"}}},
                                           {gpt(), {}},
                                           {mass(), {}}}) {
      CAPTURE(c.method.id);
      Options::Values values = small;
      values.insert(c.more.begin(), c.more.end());
      CHECK(last_loss(c.method, rows_of_letters(), values, "true") < 0.5 * chance);
      CHECK(last_loss(c.method, rows_of_letters(), values, "shuffled") > 0.95 * chance);
    }
  }

  TEST_CASE("targets: texts whose partners are shuffled stay at the loss of chance") {
    std::vector<std::string> texts;
    for (int i = 0; i < 16; ++i) texts.push_back(std::string(6, char('a' + i)));
    const Options::Values small{{"hidden", "32"}, {"heads", "2"},  {"layers", "1"}, {"length", "16"},
                                {"epochs", "60"}, {"batch", "16"}, {"lr", "0.003"}, {"tokenizer", "characters"}};
    CHECK(last_loss(simcse(), of_texts("letters", texts), small, "true") < 0.5 * std::log(16.0));
    CHECK(last_loss(simcse(), of_texts("letters", texts), small, "shuffled") > 0.95 * std::log(16.0));
  }

  TEST_CASE("targets: images with shuffled ones stay at the loss of chance") {
    const Dataset data = some_digits(64);
    const Options::Values contrast{{"batch", "64"},   {"epochs", "20"}, {"crop", "0.9"},
                                   {"flip", "false"}, {"jitter", "0"},  {"blur", "0"}};
    const double among = std::log(2 * 64 - 1.0);
    CHECK(last_loss(simclr(), data, contrast, "true") < 0.8 * among);
    CHECK(last_loss(simclr(), data, contrast, "shuffled") > 0.95 * among);
    const Options::Values masked{{"hidden", "32"}, {"heads", "2"},  {"layers", "2"},
                                 {"patch", "2"},   {"warmup", "0"}, {"epochs", "60"},
                                 {"batch", "16"},  {"lr", "0.005"}, {"normalise", "false"}};
    const Matrix patches = mae().make(data, Options(Rng(1), masked)).prepare(data).x.dense().clone();
    const double own = last_loss(mae(), data, masked, "true"), others = last_loss(mae(), data, masked, "shuffled");
    CHECK(others > 0.95 * column_variance(patches));
    CHECK(own < 0.9 * column_variance(patches));
  }
}
