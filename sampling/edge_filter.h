// Whether an edge may exist, from one cache line: Bloom filters of one 64-bit word (Putze, Sanders, Singler 2007), each
// row having its own words.
#pragma once
#include <pfm/kernels/growing.h>
#include <pfm/kernels/sparse.h>

namespace pfm {

// A byte an entry and 8 a row. Says no only where there is no entry; says yes to about 5 % of what there is not.
class EdgeFilter {
 public:
  explicit EdgeFilter(const Sparse& edges);

  // The word to look at, and what must be set in it.
  struct Place {
    const std::uint64_t* word = nullptr;
    std::uint64_t bits = 0;
    bool holds() const { return (*word & bits) == bits; }
  };
  Place place(NodeId row, NodeId column) const {
    const std::uint64_t hash = std::uint64_t(column + 1) * 0x9E3779B97F4A7C15u;  // upper bits are well mixed
    const std::uint64_t words = std::uint64_t(offsets_[row + 1] - offsets_[row]) / entries_a_word + 1;
    const std::uint64_t word =
        std::uint64_t(offsets_[row]) / entries_a_word + std::uint64_t(row) + ((hash >> 32) * words >> 32);
    const std::uint64_t more = (hash ^ hash >> 32) * 0xD6E8FEB86659FD93u;
    auto bit = [&](int shift) { return std::uint64_t{1} << (more >> shift & 63); };
    return {words_.data() + word, bit(58) | bit(52) | bit(46)};
  }

 private:
  static constexpr std::uint64_t entries_a_word = 8;
  const Offset* offsets_;
  Growing<std::uint64_t> words_;
};

}  // namespace pfm
