// Chakrabarti, Zhan, Faloutsos: R-MAT: a recursive model for graph mining (SDM 2004). Four levels are drawn at once, by
// a table of their 256 outcomes (Hubschle-Schneider, Sanders: Linear work generation of R-MAT graphs, 2020).
#include <pfm/graph/generators/numbered.h>

#include <array>
#include <cmath>
#include <memory>

namespace pfm {
namespace {

constexpr int levels_a_draw = 4;

// Outcome k has four bits of the source and four of the target. The table is an alias table (Walker 1977, built as by
// Vose 1991): a word's high 8 bits choose a place, its low 24 bits between the place's own outcome and its alias.
class Outcomes {
 public:
  explicit Outcomes(const RmatRules& rules) {
    const double p[4] = {rules.a, rules.b, rules.c, std::max(0.0, 1 - rules.a - rules.b - rules.c)};
    double weight[256];  // 1 on average
    std::vector<int> light, heavy;
    for (int k = 0; k < 256; ++k) {
      weight[k] = 256;
      for (int level = 0; level < levels_a_draw; ++level) weight[k] *= p[(k >> level >> 4 & 1) * 2 + (k >> level & 1)];
      (weight[k] < 1 ? light : heavy).push_back(k);
    }
    while (!light.empty() && !heavy.empty()) {
      const int small = light.back(), large = heavy.back();
      light.pop_back();
      places_[small] = {std::uint32_t(std::lround(std::ldexp(weight[small], 24))), std::uint32_t(large)};
      weight[large] -= 1 - weight[small];
      if (weight[large] < 1) heavy.pop_back(), light.push_back(large);
    }
    for (const auto* rest : {&light, &heavy})  // they weigh 1 but for rounding
      for (int k : *rest) places_[k] = {1 << 24, std::uint32_t(k)};
  }
  std::uint32_t operator()(std::uint32_t word) const {
    const std::uint32_t place = word >> 24;
    return (word & 0xffffff) < places_[place].below ? place : places_[place].alias;
  }

 private:
  struct Place {
    std::uint32_t below, alias;
  };
  std::array<Place, 256> places_;
};

}  // namespace

EdgeBlocks rmat(const RmatRules& rules, Rng rng) {
  expect(0 <= rules.scale && rules.scale <= 30, "rmat: a scale from 0 to 30");
  expect(rules.edges >= 0, "rmat: a number of edges");
  expect(rules.a >= 0 && rules.b >= 0 && rules.c >= 0 && rules.a + rules.b + rules.c <= 1 + 1e-9,
         "rmat: probabilities of at most 1 together");
  const auto draw = std::make_shared<const Outcomes>(rules);
  const int scale = rules.scale;
  return numbered(NodeId(1) << scale, rules.edges, [=](Offset i) {
    std::uint32_t source = 0, target = 0;
    std::array<std::uint32_t, 4> words{};
    for (int level = 0, number = 0; level < scale; level += levels_a_draw, ++number) {
      if (number % 4 == 0) words = rng.block(std::uint64_t(i), std::uint32_t(number / 4));
      const std::uint32_t outcome = (*draw)(words[number % 4]);
      const int used = std::min(levels_a_draw, scale - level), spare = levels_a_draw - used;
      source = source << used | outcome >> 4 >> spare;
      target = target << used | (outcome & 15) >> spare;
    }
    return Edge{NodeId(source), NodeId(target)};
  });
}

}  // namespace pfm
