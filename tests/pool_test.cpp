#include <doctest/doctest.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/pool.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

using namespace pfm;

TEST_SUITE("kernels") {
  TEST_CASE("pool: blocks of any size are aligned, writable and apart") {
    std::vector<std::pair<char*, std::size_t>> blocks;
    for (std::size_t bytes : {1, 63, 64, 65, 511, 513, 4096, 5000, 1 << 20, (1 << 20) + 1, 9 << 20}) {
      char* block = static_cast<char*>(pool::acquire(bytes));
      CHECK(reinterpret_cast<std::uintptr_t>(block) % 64 == 0);
      std::memset(block, int(blocks.size()), bytes);
      blocks.emplace_back(block, bytes);
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const auto [block, bytes] = blocks[i];
      CHECK(std::all_of(block, block + bytes, [&](char c) { return std::size_t(c) == i; }));
      pool::release(block, bytes);
    }
    pool::trim();
    CHECK(pool::kept() == 0);
  }
  TEST_CASE("pool: more than the machine has is bad_alloc") {
    CHECK_THROWS_AS(Matrix(std::numeric_limits<Offset>::max(), 2), std::bad_alloc);
#ifndef PFM_POISON
    CHECK_THROWS_AS(Matrix(Offset{1} << 45, 2), std::bad_alloc);
#endif
    CHECK_THROWS_AS(Matrix(-1, 2), std::logic_error);
  }
#ifdef PFM_POISON
  TEST_CASE("pool: fresh memory is not a number, and nothing is kept") {
    { CHECK(std::isnan(Matrix(3, 3)(1, 1))); }
    CHECK(pool::kept() == 0);
  }
#else
  TEST_CASE("pool: a step asks for the same blocks again") {
    pool::trim();
    std::vector<const Real*> first, second;
    for (auto* step : {&first, &second}) {
      const Matrix a(700, 300), b(2000, 512), c(700, 300);
      *step = {a.data(), b.data(), c.data()};
    }
    std::sort(first.begin(), first.end()), std::sort(second.begin(), second.end());
    CHECK(first == second);
    pool::trim();
  }
  TEST_CASE("pool: sizes that change from step to step do not pile up") {
    pool::trim();
    for (Offset rows = 1000; rows < 400000; rows += rows / 7) const Matrix a(rows, 64), b(rows, 64);
    const std::size_t most = 2 * 400000 * 64 * sizeof(Real);
    CHECK(pool::kept() > 0);
    CHECK(pool::kept() <= most / 2 * 3);
    pool::trim();
    CHECK(pool::kept() == 0);
  }
#endif
  TEST_CASE("pool: threads share it") {
    parallel_blocks(200, [](Offset b) {
      Matrix m = Matrix::filled(1 + b, 100, Real(b));
      CHECK(std::ranges::all_of(m.values(), [&](Real v) { return v == Real(b); }));
    });
  }
}
