#include <doctest/doctest.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

using namespace pfm;

TEST_SUITE("kernels") {
  TEST_CASE("parallel_for: every index once, in the stated blocks") {
    for (Offset n : {0, 1, 7, 8, 9, 1000}) {
      std::vector<int> seen(n);
      parallel_for(n, 8, [&](Offset begin, Offset end) {
        if (begin % 8 != 0 || (end != n && end != begin + 8)) throw std::logic_error("not a stated block");
        for (Offset i = begin; i < end; ++i) ++seen[i];
      });
      CHECK(std::ranges::all_of(seen, [](int times) { return times == 1; }));
    }
  }
  TEST_CASE("parallel_blocks: nested") {
    std::vector<int> seen(20 * 30);
    parallel_blocks(20, [&](Offset i) { parallel_blocks(30, [&](Offset j) { ++seen[i * 30 + j]; }); });
    CHECK(std::ranges::all_of(seen, [](int times) { return times == 1; }));
  }
  TEST_CASE("parallel_blocks: an exception of a block reaches the caller") {
    for (Offset bad : {0, 57, 99}) {
      auto body = [&](Offset b) {
        if (b == bad) throw std::runtime_error("block");
      };
      CHECK_THROWS_AS(parallel_blocks(100, body), std::runtime_error);
    }
  }
  TEST_CASE("tree_sum: the tree depends on the number of blocks alone") {
    std::vector<float> x(100003);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 1.f / float(i + 1);
    auto sum = [&](int threads) {
      const Threads limit(threads);
      return tree_sum(
          Offset(x.size()), 1000,
          [&](Offset begin, Offset end) {
            float part = 0;
            for (Offset i = begin; i < end; ++i) part += x[i];
            return part;
          },
          [](float& left, float right) { left += right; });
    };
    CHECK(sum(1) == sum(2));
    CHECK(sum(1) == doctest::Approx(12.0902).epsilon(1e-5));
    const auto nothing = [](Offset begin, Offset end) { return end - begin; };
    CHECK(tree_sum(0, 10, nothing, [](Offset& left, Offset right) { left += right; }) == 0);
  }
  TEST_CASE("Threads: a limit while it lives") {
    const Threads limit(1);
    std::vector<Offset> order;
    if (thread_count() == 1) {
      parallel_blocks(50, [&](Offset b) { order.push_back(b); });
      CHECK(order.size() == 50);
    }
  }
}
