// The place of each member of a set of numbers in ascending order, in two bits a number.
#pragma once
#include <pfm/kernels/matrix.h>

#include <bit>
#include <vector>

namespace pfm {

class Ranks {
 public:
  Ranks() = default;
  // Word w holds the numbers 64 w .. 64 w + 63, the lowest bit first.
  explicit Ranks(std::span<const std::uint64_t> words) {
    words_.reserve(words.size());
    for (std::uint64_t bits : words) {
      words_.push_back({bits, count_});
      count_ += std::popcount(bits);
    }
  }
  NodeId count() const { return count_; }
  // -1: not a member.
  NodeId of(NodeId number) const {
    const std::size_t w = std::size_t(number) / 64;
    if (w >= words_.size()) return -1;
    const std::uint64_t bit = std::uint64_t{1} << (number % 64);
    if ((words_[w].bits & bit) == 0) return -1;
    return words_[w].before + std::popcount(words_[w].bits & (bit - 1));
  }

 private:
  struct Word {
    std::uint64_t bits;
    NodeId before;
  };
  std::vector<Word> words_;
  NodeId count_ = 0;
};

}  // namespace pfm
