// Counter-based randomness (Philox4x32-10, Salmon et al. 2011): a value that splits. Draw i of a stream is a function
// of (seed, stream, i) alone, so any thread may draw it and nothing has to be saved to go on.
#pragma once
#include <pfm/kernels/matrix.h>

#include <array>
#include <string_view>
#include <vector>

namespace pfm {

using Words = std::array<std::uint32_t, 4>;  // of random bits: what Philox gives at once

// [0, n) by a random word, or -1 for the few words that would favour some numbers (Lemire 2019); 0 < n < 2^32.
inline std::int64_t drawn_below(std::uint32_t word, std::uint64_t n) {
  const std::uint64_t wide = word * n;
  if (std::uint32_t(wide) < n && std::uint32_t(wide) < (std::uint64_t{1} << 32) % n) [[unlikely]]
    return -1;
  return std::int64_t(wide >> 32);
}

class Rng {
 public:
  explicit Rng(std::uint64_t seed) : key_(seed) {}

  Rng split(std::uint64_t stream) const;   // an independent stream
  Rng split(std::string_view name) const;  // the same, named
  Words block(std::uint64_t i, std::uint32_t attempt = 0) const;
  // block(first), block(first + 1), .. at a fraction of the cost of one by one.
  void blocks(std::uint64_t first, std::span<Words> out) const;
  // One block of each of several streams: out[j] = Rng(key).block(i, attempt) of what[j].
  struct Block {
    std::uint64_t key, i, attempt;
  };
  static void blocks(std::span<const Block> what, std::span<Words> out);
  std::uint64_t bits(std::uint64_t i) const;
  double uniform(std::uint64_t i) const;                        // [0, 1), 53 bits
  std::uint64_t below(std::uint64_t i, std::uint64_t n) const;  // [0, n), unbiased (Lemire 2019); n > 0
  double normal(std::uint64_t i) const;                         // standard normal (Box-Muller)
  std::uint64_t key() const { return key_; }

 private:
  std::uint64_t key_;
};

std::vector<NodeId> permutation(NodeId n, Rng rng);                   // uniform, Fisher-Yates
std::vector<NodeId> sample_without(NodeId n, NodeId count, Rng rng);  // `count` different of [0, n), in random order

template <class Item>
std::vector<Item> shuffled(const std::vector<Item>& items, Rng rng) {  // in the order of a permutation
  std::vector<Item> result;
  result.reserve(items.size());
  for (const NodeId i : permutation(NodeId(items.size()), rng)) result.push_back(items[std::size_t(i)]);
  return result;
}

}  // namespace pfm
