// Pairs of texts with scores: what a method may learn from, and how rows are scored.
#include <doctest/doctest.h>
#include <pfm/graph/text_samples.h>
#include <pfm/selfsup/protocol.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace pfm;

namespace {

// Texts "0" .. "7" in pairs (0, 1), (2, 3), (4, 5), (6, 7), (0, 6), (2, 4), (1, 3) with rising scores.
Dataset scored_texts() {
  Dataset data = of_texts("pairs", {"0", "1", "2", "3", "4", "5", "6", "7"});
  data.targets.pairs = {{0, 0, 1}, {2, 0, 3}, {4, 0, 5}, {6, 0, 7}, {0, 0, 6}, {2, 0, 4}, {1, 0, 3}};
  Matrix reals(7, 1);
  for (Offset i = 0; i < 7; ++i) reals(i, 0) = Real(i);
  data.targets.reals = std::make_shared<const Matrix>(std::move(reals));
  data.splits = {{"train", {2, 3, 6}}, {"validation", {5}}, {"test", {0, 1, 4}}};
  return data;
}

// Rows on a circle at these angles: their cosines fall with the angle between them.
Features at_angles(const std::vector<double>& angles) {
  Matrix rows(Offset(angles.size()), 2);
  for (std::size_t i = 0; i < angles.size(); ++i)
    rows(Offset(i), 0) = Real(3 * std::cos(angles[i])), rows(Offset(i), 1) = Real(3 * std::sin(angles[i]));
  return Features(std::move(rows));
}

double spearman_of(const std::vector<double>& angles) {
  const Scores scores = protocol("sts").score({at_angles(angles)}, scored_texts(), Rng(0));
  CHECK(scores.front().first == "spearman");
  return scores.front().second;
}

}  // namespace

TEST_SUITE("protocols") {
  TEST_CASE("sts: alike pairs score high, by the rank of their cosines") {
    CHECK(spearman_of({0, 1.2, 0, 1, 9, 9, 0.1, 9}) == doctest::Approx(100));
    CHECK(spearman_of({0, 0.1, 0, 0.2, 9, 9, 1.2, 9}) == doctest::Approx(-100));
    CHECK(spearman_of({0, 1, 0, 1.2, 9, 9, 0.1, 9}) == doctest::Approx(50));
    CHECK_THROWS_AS(protocol("sts").score({at_angles({0, 1})}, scored_texts(), Rng(0)), Error);
  }
  TEST_CASE("sts: texts of test pairs are not learned from, and no score is") {
    const Dataset data = scored_texts();
    const auto learned = [&](const char* id) {
      const Dataset view = protocol(id).view(data, Rng(0));
      CHECK((view.targets.pairs.empty() && !view.targets.reals));
      return view.texts;
    };
    CHECK(learned("sts") == std::vector<std::string>{"4", "5", "7"});
    CHECK(learned("sts@validation") == std::vector<std::string>{"5", "7"});
    CHECK(protocol("sts").embedded(data, Rng(0)).texts == data.texts);
    CHECK(default_protocol(data).id == "sts");
    CHECK_THROWS_WITH_AS(protocol("sts").view(of_texts("plain", {"a"}), Rng(0)), doctest::Contains("scored-pairs"),
                         Error);
  }
  TEST_CASE("sts: pairs without parts are divided at random, by the seed") {
    Dataset data = of_texts("pairs", std::vector<std::string>(200, "x"));
    Matrix reals = Matrix::zeros(100, 1);
    for (NodeId i = 0; i < 100; ++i) data.targets.pairs.push_back({2 * i, 0, 2 * i + 1});
    data.targets.reals = std::make_shared<const Matrix>(std::move(reals));
    const Protocol& sts = protocol("sts");
    CHECK(sts.view(data, Rng(0)).texts.size() == 40);
    CHECK(sts.score({Matrix::zeros(200, 1)}, data, Rng(0)).front().second == 0);
  }
}
