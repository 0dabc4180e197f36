// All pairs of the rows of one matrix, by tiles and their mirror images.
#include <doctest/doctest.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/selfsup/pairs.h>
#include <pfm/selfsup/tile_pairs.h>
#include <pfm/tests/matrices.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <set>

using namespace pfm;

TEST_SUITE("own pairs") {
  TEST_CASE("every pair of tiles once, no tile twice in a round") {
    for (const Offset tiles : {1, 2, 3, 4, 7, 12}) {
      CAPTURE(tiles);
      const TileRounds rounds{tiles};
      for (Offset round = 0; round < rounds.count(); ++round) {
        std::set<Offset> held;
        for (Offset k = 0; k < rounds.pairs(); ++k) {
          const auto [a, b] = rounds.pair(round, k);
          CHECK((held.insert(a).second && held.insert(b).second));
        }
      }
      std::mutex guard;
      std::map<std::pair<Offset, Offset>, int> met;
      each_tile_pair(tiles, [&](Offset a, Offset b) {
        const std::lock_guard lock(guard);
        ++met[{a, b}];
      });
      CHECK(Offset(met.size()) == tiles * (tiles + 1) / 2);
      CHECK(std::ranges::all_of(
          met, [](const auto& pair) { return pair.second == 1 && pair.first.first <= pair.first.second; }));
    }
  }
  TEST_CASE("all pairs of one matrix are those of two equal ones, for any number of tiles and threads") {
    for (const Offset n : {1, 256, 257, 700, 1300})
      for (const Own own : {Own::in, Own::out}) {
        if (n == 1 && own == Own::out) continue;
        CAPTURE(n);
        const Matrix rows = random_matrix(n, 6, 7);
        const Var one(rows.clone(), true), left(rows.clone(), true), right(rows.clone(), true);
        const auto total = [](const Var& sums) { return sum(square(sums)); };  // weighs rows
        const Var same = total(pair_log_sums(one, one, own)), two = total(pair_log_sums(left, right, own));
        CHECK(double(same.scalar()) == doctest::Approx(double(two.scalar())).epsilon(1e-5));
        backward(same), backward(two);
        double gap = 0, largest = 0;
        for (Offset i = 0; i < rows.size(); ++i) {
          const double both = double(left.grad().data()[i]) + double(right.grad().data()[i]);
          gap = std::max(gap, std::abs(double(one.grad().data()[i]) - both));
          largest = std::max(largest, std::abs(both));
        }
        CHECK(gap < 1e-5 * largest);
        const Threads limit(1);
        const Var alone(rows.clone(), true);
        backward(total(pair_log_sums(alone, alone, own)));
        CHECK(std::ranges::equal(alone.grad().values(), one.grad().values()));
      }
  }
}
