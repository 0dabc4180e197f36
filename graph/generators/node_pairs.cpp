#include <pfm/graph/generators/node_pairs.h>
#include <pfm/graph/generators/numbered.h>

#include <algorithm>
#include <cmath>

namespace pfm {

NodePairs NodePairs::unordered(NodeId first, NodeId size) { return {Shape::unordered, first, size, first, size}; }
NodePairs NodePairs::ordered(NodeId first, NodeId size) { return {Shape::ordered, first, size, first, size}; }
NodePairs NodePairs::rectangle(NodeId row, NodeId height, NodeId column, NodeId width) {
  return {Shape::rectangle, row, height, column, width};
}

Offset NodePairs::count() const {
  switch (shape_) {
    case Shape::unordered:
      return Offset(height_) * std::max(0, height_ - 1) / 2;
    case Shape::ordered:
      return Offset(height_) * std::max(0, height_ - 1);
    default:
      return Offset(height_) * width_;
  }
}

// Unordered pair i = v (v - 1) / 2 + u with u < v.
static Edge below_diagonal(Offset i) {
  auto v = Offset((1 + std::sqrt(1 + 8 * double(i))) / 2);  // right but for rounding
  while (v * (v - 1) / 2 > i) --v;
  while (v * (v + 1) / 2 <= i) ++v;
  return {NodeId(i - v * (v - 1) / 2), NodeId(v)};
}

Edge NodePairs::operator[](Offset i) const {
  if (shape_ == Shape::unordered) {
    const Edge e = below_diagonal(i);
    return {row_ + e.source, row_ + e.target};
  }
  if (shape_ == Shape::rectangle) return {NodeId(row_ + i / width_), NodeId(column_ + i % width_)};
  const Offset others = height_ - 1, u = i / others, v = i % others;
  return {NodeId(row_ + u), NodeId(column_ + v + (v >= u))};
}

namespace {

struct Set {
  LikelyPairs likely;
  Offset pairs_per_block, first_block;
};

void draw_pairs(const LikelyPairs& likely, Offset begin, Offset end, Rng rng, std::vector<Edge>& edges) {
  const double never = std::log1p(-likely.p);  // -infinity where every pair is an edge
  std::uint64_t draw = 0;
  for (Offset i = begin; i < end; ++i) {
    const double gap = std::floor(std::log1p(-rng.uniform(draw++)) / never);
    if (gap >= double(end - i)) return;
    i += Offset(gap);
    edges.push_back(likely.pairs[i]);
  }
}

}  // namespace

EdgeBlocks independent(NodeId nodes, std::vector<LikelyPairs> likely, Rng rng) {
  std::vector<Set> sets;
  Offset blocks = 0;
  for (const LikelyPairs& l : likely) {
    expect(0 <= l.p && l.p <= 1, "a probability in [0, 1]");
    const Offset count = l.pairs.count();
    if (count == 0 || l.p == 0) continue;
    const auto per_block = Offset(std::min(double(count), double(edges_per_block) / l.p));
    sets.push_back({l, std::max<Offset>(1, per_block), blocks});
    blocks += (count + sets.back().pairs_per_block - 1) / sets.back().pairs_per_block;
  }
  return {nodes, blocks, [sets = std::move(sets), rng](Offset block, std::vector<Edge>& edges) {
            const Set& set = *(std::ranges::upper_bound(sets, block, {}, &Set::first_block) - 1);
            const Offset begin = (block - set.first_block) * set.pairs_per_block;
            const Offset end = std::min(set.likely.pairs.count(), begin + set.pairs_per_block);
            draw_pairs(set.likely, begin, end, rng.split(std::uint64_t(block)), edges);
          }};
}

}  // namespace pfm
