#include <doctest/doctest.h>
#include <pfm/kernels/random.h>

#include <algorithm>
#include <cmath>

using namespace pfm;

TEST_SUITE("kernels") {
  TEST_CASE("blocks at once are those one by one") {
    const Rng rng(Rng(3).split("stream"));
    for (const std::size_t count : {0, 1, 7, 8, 21, 64}) {
      std::vector<std::array<std::uint32_t, 4>> found(count);
      const std::uint64_t first = 0xfffffffa;  // both halves of the counter
      rng.blocks(first, found);
      for (std::size_t j = 0; j < count; ++j) CHECK(found[j] == rng.block(first + j));
      std::vector<Rng::Block> what;
      for (std::size_t j = 0; j < count; ++j) what.push_back({rng.split(j).key(), first * j, std::uint32_t(~j)});
      Rng::blocks(what, found);
      for (std::size_t j = 0; j < count; ++j) CHECK(found[j] == rng.split(j).block(first * j, std::uint32_t(~j)));
    }
  }

  TEST_CASE("Philox gives the published vectors") {
    // Salmon et al. 2011, known-answer test of philox4x32-10: counter 0, key 0.
    CHECK(Rng(0).block(0) == std::array<std::uint32_t, 4>{0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u});
  }
  TEST_CASE("below is uniform") {
    constexpr int sides = 7, draws = 70000;
    double count[sides] = {}, chi = 0;
    for (int i = 0; i < draws; ++i) ++count[Rng(3).below(std::uint64_t(i), sides)];
    for (double c : count) chi += (c - draws / sides) * (c - draws / sides) / (draws / sides);
    CHECK(chi < 22.5);  // 6 degrees of freedom, p = 0.001
  }
  TEST_CASE("normal has mean 0 and variance 1") {
    double sum = 0, squares = 0;
    constexpr int draws = 100000;
    for (int i = 0; i < draws; ++i) {
      const double v = Rng(5).normal(std::uint64_t(i));
      sum += v, squares += v * v;
    }
    CHECK(std::abs(sum / draws) < 0.015);
    CHECK(std::abs(squares / draws - 1) < 0.02);
  }
  TEST_CASE("splits differ, repeat, and permutations are permutations") {
    CHECK(Rng(1).split(1).bits(0) != Rng(1).split(2).bits(0));
    CHECK(Rng(1).split("a").bits(7) == Rng(1).split("a").bits(7));
    auto order = permutation(100, Rng(9));
    CHECK(!std::is_sorted(order.begin(), order.end()));
    std::sort(order.begin(), order.end());
    for (NodeId i = 0; i < 100; ++i) CHECK(order[std::size_t(i)] == i);
  }
}
