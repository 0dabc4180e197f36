// All unordered pairs of tiles, each tile with itself too: what is symmetric is computed once.
#pragma once
#include <pfm/kernels/parallel.h>

namespace pfm {

// body(a, b) for all a <= b < tiles in rounds in which no tile stands twice (the circle method of tournaments): what it
// adds up for the rows of its two tiles no other call touches meanwhile, and the order of every sum is fixed.
template <class Body>
void each_tile_pair(Offset tiles, Body&& body) {
  parallel_blocks(tiles, [&](Offset t) { body(t, t); });
  const Offset circle = tiles - 1 + tiles % 2;  // one stands aside, or nobody: then its partner rests
  for (Offset round = 0; round < circle; ++round)
    parallel_blocks((circle + 1) / 2, [&](Offset k) {
      const Offset a = (round + k) % circle, b = k == 0 ? circle : (round + circle - k) % circle;
      if (std::max(a, b) < tiles) body(std::min(a, b), std::max(a, b));
    });
}

}  // namespace pfm
