#include <pfm/kernels/random.h>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#endif

#include <cmath>
#include <cstring>
#include <numbers>
#include <numeric>

namespace pfm {

__extension__ using Wide = unsigned __int128;

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

#if defined(__AVX512F__) || defined(__AVX2__)
// The same for several counters at once, a word in the lower half of each lane; what is above does not matter, for
// products take the lower halves alone.
#ifdef __AVX512F__
typedef std::uint64_t Lanes64 __attribute__((vector_size(64)));
static Lanes64 product(Lanes64 a, Lanes64 b) { return (Lanes64)_mm512_maskz_mul_epu32(0xff, (__m512i)a, (__m512i)b); }
#else
typedef std::uint64_t Lanes64 __attribute__((vector_size(32)));
static Lanes64 product(Lanes64 a, Lanes64 b) { return (Lanes64)_mm256_mul_epu32((__m256i)a, (__m256i)b); }
#endif
constexpr std::size_t lanes = sizeof(Lanes64) / 8;

// `number` and `key` are 64-bit values, low and high halves in their places.
static void philox(Lanes64 number, Lanes64 attempt, Lanes64 key, Words* out) {
  Lanes64 c0 = number, c1 = number >> 32, c2 = attempt, c3{}, k0 = key, k1 = key >> 32;
  for (int round = 0; round < 10; ++round) {
    const Lanes64 a = product(Lanes64{} + 0xD2511F53u, c0), b = product(Lanes64{} + 0xCD9E8D57u, c2);
    c0 = (b >> 32) ^ c1 ^ k0, c1 = b;
    c2 = (a >> 32) ^ c3 ^ k1, c3 = a;
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  const Lanes64 low = (c0 & 0xffffffff) | c1 << 32, high = (c2 & 0xffffffff) | c3 << 32;
  for (std::size_t j = 0; j < lanes; ++j) {
    const std::uint64_t both[] = {low[j], high[j]};
    std::memcpy(out + j, both, sizeof both);
  }
}
#else
typedef std::uint64_t Lanes64 __attribute__((vector_size(8)));
constexpr std::size_t lanes = 1;
static void philox(Lanes64 number, Lanes64 attempt, Lanes64 key, Words* out) {
  const std::uint64_t i = number[0];
  *out = philox(
      {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i >> 32), static_cast<std::uint32_t>(attempt[0]), 0},
      key[0]);
}
#endif

static std::uint64_t join(std::uint32_t low, std::uint32_t high) { return std::uint64_t{high} << 32 | low; }

// The last counter word keeps drawing (0) and splitting (1) apart.
Words Rng::block(std::uint64_t i, std::uint32_t attempt) const {
  return philox({static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(i >> 32), attempt, 0}, key_);
}

void Rng::blocks(std::uint64_t first, std::span<Words> out) const {
  Lanes64 number;
  for (std::size_t j = 0; j < lanes; ++j) number[j] = first + j;
  std::size_t i = 0;
  for (; i + lanes <= out.size(); i += lanes) philox(number + i, Lanes64{}, Lanes64{} + key_, out.data() + i);
  for (; i < out.size(); ++i) out[i] = block(first + i);
}

void Rng::blocks(std::span<const Block> what, std::span<Words> out) {
  std::size_t i = 0;
  for (; i + lanes <= what.size(); i += lanes) {
    Lanes64 number, attempt, key;
    for (std::size_t j = 0; j < lanes; ++j)
      number[j] = what[i + j].i, attempt[j] = what[i + j].attempt, key[j] = what[i + j].key;
    philox(number, attempt, key, out.data() + i);
  }
  for (; i < what.size(); ++i) out[i] = Rng(what[i].key).block(what[i].i, static_cast<std::uint32_t>(what[i].attempt));
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
