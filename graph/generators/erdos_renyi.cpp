// Gilbert: Random graphs (Ann. Math. Statist. 30, 1959); Erdos, Renyi: On random graphs I (1959).
#include <pfm/graph/generators/node_pairs.h>
#include <pfm/graph/generators/numbered.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

NodePairs pairs_of(NodeId nodes, bool directed) {
  return directed ? NodePairs::ordered(0, nodes) : NodePairs::unordered(0, nodes);
}

// A pseudo-random order of [0, n): a Feistel network over numbers left * side + right, walked until the value lies in
// the range (Black, Rogaway: Ciphers with arbitrary finite domains, 2002, sections 3 and 4). So the i-th of m different
// numbers is a function of i.
class Order {
 public:
  Order(Offset n, Rng rng) : n_(std::uint64_t(n)), side_(least_side), rng_(rng) {
    side_ = std::max(least_side, std::uint64_t(std::sqrt(double(n))));
    while (side_ * side_ < n_) ++side_;
  }
  Offset operator()(Offset i) const {
    auto x = std::uint64_t(i);
    do x = once(x);
    while (x >= n_);
    return Offset(x);
  }

 private:
  static constexpr std::uint64_t least_side = 32;  // below, a Feistel network knows too few orders
  static constexpr int rounds = 6;
  std::uint64_t once(std::uint64_t x) const {
    std::uint64_t left = x / side_, right = x % side_;
    for (int round = 0; round < rounds; ++round) {
      // 63 - 32 = 31 bits of range below 64 bits of draw: the remainder's bias is 2^-32.
      const std::uint64_t moved = (left + rng_.bits(std::uint64_t(round) << 32 | right) % side_) % side_;
      left = right, right = moved;
    }
    return left * side_ + right;
  }
  std::uint64_t n_, side_;
  Rng rng_;
};

}  // namespace

EdgeBlocks gilbert(NodeId nodes, double p, bool directed, Rng rng) {
  expect(nodes >= 0, "gilbert: a number of nodes");
  return independent(nodes, {{pairs_of(nodes, directed), p}}, rng);
}

EdgeBlocks erdos_renyi(NodeId nodes, Offset edges, bool directed, Rng rng) {
  expect(nodes >= 0, "erdos_renyi: a number of nodes");
  const NodePairs pairs = pairs_of(nodes, directed);
  expect(0 <= edges && edges <= pairs.count(), "erdos_renyi: at most as many edges as there are pairs");
  return numbered(nodes, edges, [pairs, order = Order(pairs.count(), rng)](Offset i) { return pairs[order(i)]; });
}

}  // namespace pfm
