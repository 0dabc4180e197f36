// All unordered pairs of tiles, each tile with itself too: what is symmetric is computed once.
#pragma once
#include <pfm/kernels/parallel.h>

namespace pfm {

// The circle method of tournaments: in each of its rounds every tile meets another one, in all of them every other.
struct TileRounds {
  Offset tiles;
  Offset count() const { return tiles - 1 + tiles % 2; }
  Offset pairs() const { return (count() + 1) / 2; }  // in a round
  // Pair k of a round, first < second; second = tiles: of an odd number of tiles the first one rests.
  std::pair<Offset, Offset> pair(Offset round, Offset k) const {
    const Offset circle = count(), a = (round + k) % circle, b = k == 0 ? circle : (round + circle - k) % circle;
    return {std::min(a, b), std::max(a, b)};
  }
};

// body(a, b) for all a <= b < tiles: what it adds up for the rows of its two tiles no other call touches meanwhile, and
// the order of every sum is fixed.
template <class Body>
void each_tile_pair(Offset tiles, Body&& body) {
  parallel_blocks(tiles, [&](Offset t) { body(t, t); });
  const TileRounds rounds{tiles};
  for (Offset round = 0; round < rounds.count(); ++round)
    parallel_blocks(rounds.pairs(), [&](Offset k) {
      const auto [a, b] = rounds.pair(round, k);
      if (b < tiles) body(a, b);
    });
}

}  // namespace pfm
