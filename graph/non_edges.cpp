#include <pfm/graph/non_edges.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace pfm {

static std::vector<Edge> all_non_edges(NodeId nodes, std::span<const Edge> edges, std::size_t count) {
  std::vector<Edge> result;
  result.reserve(count);
  auto next = edges.begin();
  for (NodeId u = 0; u < nodes; ++u)
    for (NodeId v = u + 1; v < nodes; ++v) {
      if (next != edges.end() && *next == Edge{u, v})
        ++next;
      else
        result.push_back({u, v});
    }
  return result;
}

namespace {

// At most `count` numbers below 2^64 - 1, each in the first free slot from where its hash points.
class PairSet {
 public:
  explicit PairSet(std::size_t count) : slots_(std::bit_ceil(2 * count + 2), free) {}
  bool insert(std::uint64_t pair) {  // whether it is new
    std::size_t at = (pair * 0x9E3779B97F4A7C15u >> 32) & (slots_.size() - 1);
    for (; slots_[at] != free; at = (at + 1) & (slots_.size() - 1))
      if (slots_[at] == pair) return false;
    slots_[at] = pair;
    return true;
  }

 private:
  static constexpr std::uint64_t free = ~std::uint64_t{0};
  std::vector<std::uint64_t> slots_;
};

}  // namespace

std::vector<Edge> draw_non_edges(NodeId nodes, std::span<const Edge> edges, std::size_t count, Rng rng) {
  const auto n = std::uint64_t(nodes), pairs = nodes > 0 ? n * (n - 1) / 2 : 0;
  expect(edges.size() <= pairs && count <= pairs - edges.size(), "draw_non_edges: so many pairs without an edge");
  const std::uint64_t others = pairs - edges.size();
  std::vector<Edge> drawn;
  // A list that 32 bits do not number would take 16 GiB: trials then, as long as they take.
  if (others < 4 * count + pairs / 4 && others <= std::uint64_t(std::numeric_limits<NodeId>::max())) {
    const std::vector<Edge> all = all_non_edges(nodes, edges, std::size_t(others));
    for (const NodeId i : sample_without(NodeId(all.size()), NodeId(count), rng)) drawn.push_back(all[std::size_t(i)]);
    return drawn;
  }
  drawn.reserve(count);
  PairSet seen(count);
  for (std::uint64_t draw = 0; drawn.size() < count; draw += 2) {
    const auto a = NodeId(rng.below(draw, n)), b = NodeId(rng.below(draw + 1, n));
    const Edge e{std::min(a, b), std::max(a, b)};
    if (a == b || std::ranges::binary_search(edges, e)) continue;
    if (seen.insert(std::uint64_t(e.source) * n + std::uint64_t(e.target))) drawn.push_back(e);
  }
  return drawn;
}

}  // namespace pfm
