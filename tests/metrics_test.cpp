#include <doctest/doctest.h>
#include <pfm/selfsup/metrics.h>

#include <cmath>

using namespace pfm;
using Ids = std::vector<std::int32_t>;
using Values = std::vector<double>;

TEST_SUITE("metrics") {
  TEST_CASE("f1: by hand") {
    const Ids truth{0, 0, 1, 1, 2}, predicted{0, 1, 1, 1, 3};  // class 3 is only predicted, class 2 never
    const F1 scores = f1(truth, predicted);
    CHECK(scores.micro == doctest::Approx(3.0 / 5));
    CHECK(scores.macro == doctest::Approx((2.0 / 3 + 4.0 / 5 + 0 + 0) / 4));
    CHECK(scores.weighted == doctest::Approx((2 * 2.0 / 3 + 2 * 4.0 / 5) / 5));
  }
  TEST_CASE("f1 of label sets: by hand") {
    // {0, 1}, {2}, {0} taken for {0, 2}, {2}, {1}: labels 0 and 2 have 2/3, label 1 has 0; label 3 does not occur.
    const Sparse truth(3, 4, {0, 2, 3, 4}, {0, 1, 2, 0}), predicted(3, 4, {0, 2, 3, 4}, {0, 2, 2, 1});
    const F1 found = f1(truth, predicted);
    CHECK(found.micro == doctest::Approx(0.5));
    CHECK(found.macro == doctest::Approx(1.0 / 3));
    CHECK(found.weighted == doctest::Approx(0.5));
    const F1 nothing = f1(Sparse(1, 2, {0, 0}, {}), Sparse(1, 2, {0, 0}, {}));
    CHECK(nothing.micro == 0);
    CHECK(nothing.macro == 0);
  }
  TEST_CASE("auc counts ties half, in any order") {
    CHECK(auc(Values{3, 2}, Values{1, 0}) == 1);
    CHECK(auc(Values{0, 1}, Values{2, 3}) == 0);
    CHECK(auc(Values{5, 5, 5}, Values{5, 5}) == 0.5);
    CHECK(auc(Values{1, 0.5}, Values{0.5, 0}) == doctest::Approx(3.5 / 4));
  }
  TEST_CASE("average precision takes tied scores as one threshold") {
    CHECK(average_precision(Values{3, 1}, Values{2}) == doctest::Approx((1 + 2.0 / 3) / 2));
    CHECK(average_precision(Values{1, 1}, Values{1, 1}) == doctest::Approx(0.5));
  }
  TEST_CASE("hits: above the k-th best negative, a tie with it is none") {
    const Values positive{0.9, 0.5, 0.5, 0.2}, negative{0.1, 0.5, 0.8, 0.5};
    CHECK(hits_at(1, positive, negative) == 0.25);
    CHECK(hits_at(2, positive, negative) == 0.25);
    CHECK(hits_at(3, positive, negative) == 0.25);
    CHECK(hits_at(4, positive, negative) == 1);
    CHECK(hits_at(5, positive, negative) == 1);  // fewer negatives
    CHECK(hits_at(1, Values{1, 1}, Values{1, 1}) == 0);
  }
  TEST_CASE("ranks among the negatives: ties count half") {
    const Values positive{0.9, 0.5, 0.5, 0.2}, negative{0.1, 0.5, 0.8, 0.5};
    CHECK(ranks_among(positive, negative) == Values{1, 3, 3, 4});
    CHECK(mean_reciprocal_rank(ranks_among(positive, negative)) == doctest::Approx((1 + 2.0 / 3 + 0.25) / 4));
    for (const double s : positive) {
      Values all = negative;
      all.push_back(s);
      CHECK(ranks_among(Values{s}, negative)[0] == rank_of(all, negative.size()));
    }
  }
  TEST_CASE("agreement does not depend on names and is 0 by chance") {
    const Agreement same = agreement(Ids{0, 0, 1, 1, 2}, Ids{7, 7, 3, 3, 9});
    CHECK(same.nmi == doctest::Approx(1));
    CHECK(same.ari == doctest::Approx(1));
    CHECK(same.homogeneity == doctest::Approx(1));
    const Agreement none = agreement(Ids{0, 0, 1, 1}, Ids{0, 1, 0, 1});
    CHECK(none.nmi == doctest::Approx(0));
    CHECK(none.ari == doctest::Approx(-0.5));
    CHECK(agreement(Ids{0, 1, 2}, Ids{0, 0, 0}).nmi == 0);
    CHECK(agreement(Ids{4}, Ids{1}).ari == 1);
  }
  TEST_CASE("spearman: ties share their rank, monotone maps do not matter") {
    CHECK(average_ranks(Values{10, 20, 10, 5}) == Values{2.5, 4, 2.5, 1});
    CHECK(spearman(Values{1, 2, 3, 4}, Values{1, 8, 27, 64}) == doctest::Approx(1));
    CHECK(spearman(Values{1, 2, 3}, Values{3, 2, 1}) == doctest::Approx(-1));
    CHECK(pearson(Values{1, 1}, Values{1, 2}) == 0);
  }
  TEST_CASE("ranks: ties take the mean place, left-out scores none") {
    const Values scores{0.9, 0.5, 0.5, 0.1};
    CHECK(rank_of(scores, 0) == 1);
    CHECK(rank_of(scores, 1) == 2.5);
    CHECK(rank_of(scores, 3, std::vector<std::uint8_t>{1, 0, 0, 0}) == 3);
    CHECK(mean_reciprocal_rank(Values{1, 2, 4}) == doctest::Approx(1.75 / 3));
    CHECK(hits_at(2, Values{1, 2, 2.5, 4}) == 0.5);
  }
}
