// Chakrabarti, Zhan, Faloutsos: R-MAT: a recursive model for graph mining (SDM 2004).
#include <pfm/graph/generators/numbered.h>

#include <cmath>

namespace pfm {

EdgeBlocks rmat(const RmatRules& rules, Rng rng) {
  const auto [scale, count, a, b, c] = rules;
  expect(0 <= scale && scale <= 30, "rmat: a scale from 0 to 30");
  expect(count >= 0, "rmat: a number of edges");
  expect(a >= 0 && b >= 0 && c >= 0 && a + b + c <= 1, "rmat: probabilities of at most 1 together");
  // A word of 32 bits falls below `second` with probability a, and so on.
  const auto second = std::uint64_t(std::llround(std::ldexp(a, 32)));
  const auto third = std::uint64_t(std::llround(std::ldexp(a + b, 32)));
  const auto fourth = std::uint64_t(std::llround(std::ldexp(a + b + c, 32)));
  const int levels = scale;
  return numbered(NodeId(1) << scale, count, [=](Offset i) {
    std::uint32_t source = 0, target = 0;
    for (int level = 0; level < levels; level += 4) {
      const auto words = rng.block(std::uint64_t(i), std::uint32_t(level / 4));
      for (int k = 0; k < std::min(4, levels - level); ++k) {
        const std::uint32_t low = words[k] >= third;
        source = 2 * source + low;
        target = 2 * target + (low ? words[k] >= fourth : words[k] >= second);
      }
    }
    return Edge{NodeId(source), NodeId(target)};
  });
}

}  // namespace pfm
