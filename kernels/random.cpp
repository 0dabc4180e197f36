#include <pfm/kernels/random.h>

#include <cmath>
#include <numbers>
#include <numeric>

namespace pfm {

__extension__ using Wide = unsigned __int128;
using Words = std::array<std::uint32_t, 4>;

static Words philox(Words counter, std::uint64_t key) {
  auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53u} * counter[0], b = std::uint64_t{0xCD9E8D57u} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ k0, static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ k1, static_cast<std::uint32_t>(a)};
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  return counter;
}

static std::uint64_t join(std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32 | low; }

// The last counter word keeps drawing (0) and splitting (1) apart.
Words Rng::block(std::uint64_t i, std::uint32_t attempt) const {
  return philox({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i >> 32), attempt, 0}, key_);
}

Rng Rng::split(std::uint64_t stream) const {
  const Words w = philox({static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32), 0, 1}, key_);
  return Rng(join(w[0], w[1]));
}

Rng Rng::split(std::string_view name) const {
  std::uint64_t hash = 0xcbf29ce484222325u;  // FNV-1a
  for (unsigned char c : name) hash = (hash ^ c) * 0x100000001b3u;
  return split(hash);
}

std::uint64_t Rng::bits(std::uint64_t i) const {
  const Words w = block(i);
  return join(w[0], w[1]);
}

double Rng::uniform(std::uint64_t i) const { return static_cast<double>(bits(i) >> 11) * 0x1.0p-53; }

std::uint64_t Rng::below(std::uint64_t i, std::uint64_t n) const {
  expect(n > 0, "Rng::below: a range of at least one value");
  const std::uint64_t reject_below = (0 - n) % n;
  for (std::uint32_t attempt = 0;; ++attempt) {
    const Words w = block(i, attempt);
    const auto wide = static_cast<Wide>(join(w[0], w[1])) * n;
    if (static_cast<std::uint64_t>(wide) >= reject_below) return static_cast<std::uint64_t>(wide >> 64);
  }
}

double Rng::normal(std::uint64_t i) const {
  const Words w = block(i);
  const double radius = std::sqrt(-2 * std::log((static_cast<double>(join(w[0], w[1]) >> 11) + 1) * 0x1.0p-53));
  return radius * std::cos(2 * std::numbers::pi * (static_cast<double>(join(w[2], w[3]) >> 11) * 0x1.0p-53));
}

// The first `count` steps of Fisher-Yates over [0, n).
static void shuffle_front(std::vector<NodeId>& order, NodeId count, Rng rng) {
  for (NodeId i = 0; i < count; ++i) {
    const auto rest = static_cast<std::uint64_t>(order.size()) - static_cast<std::uint64_t>(i);
    std::swap(order[i], order[i + rng.below(static_cast<std::uint64_t>(i), rest)]);
  }
}

std::vector<NodeId> permutation(NodeId n, Rng rng) { return sample_without(n, n, rng); }

std::vector<NodeId> sample_without(NodeId n, NodeId count, Rng rng) {
  expect(0 <= count && count <= n, "sample_without: at most n of n");
  std::vector<NodeId> order(n);
  std::iota(order.begin(), order.end(), 0);
  shuffle_front(order, count, rng);
  order.resize(count);
  return order;
}

}  // namespace pfm
