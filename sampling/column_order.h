// The order of a row's columns.
#pragma once
#include <pfm/kernels/matrix.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace pfm {

// Where each column of a row goes when they ascend; equal ones keep their order. Rows of a sample are short: all are
// compared with all, in vectors and without a branch.
class ColumnOrder {
 public:
  static constexpr std::size_t padding = 16;  // columns that must be readable behind the row, whatever they are

  void of(const NodeId* columns, std::size_t count) {
    if (ranks_.size() < count + padding) ranks_.resize(2 * count + padding);
    count <= padding ? of_short(columns, count) : of_long(columns, count);
  }
  std::size_t operator[](std::size_t i) const { return std::size_t(ranks_[i]); }

 private:
  static constexpr std::size_t lanes =
      8;  // what AVX2 compares at once; wider vectors would be taken apart without AVX-512
  typedef NodeId Lanes __attribute__((vector_size(lanes * sizeof(NodeId))));

  void of_short(const NodeId* columns, std::size_t count) {
    for (std::size_t begin = 0; begin < count; begin += lanes) {
      Lanes some, ranks{};
      const Lanes place = Lanes{0, 1, 2, 3, 4, 5, 6, 7} + NodeId(begin);
      std::memcpy(&some, columns + begin, sizeof some);
      for (std::size_t i = 0; i < count; ++i)  // a comparison that holds is -1
        ranks -= Lanes{} + columns[i] < some - (place > Lanes{} + NodeId(i));
      std::memcpy(ranks_.data() + begin, &ranks, sizeof ranks);
    }
  }

  void of_long(const NodeId* columns, std::size_t count) {
    keys_.clear();
    for (std::size_t i = 0; i < count; ++i) keys_.push_back(std::uint64_t(columns[i]) << 32 | i);
    std::ranges::sort(keys_);
    for (std::size_t i = 0; i < count; ++i) ranks_[keys_[i] & 0xffffffff] = NodeId(i);
  }

  std::vector<NodeId> ranks_;
  std::vector<std::uint64_t> keys_;  // column, then place
};

}  // namespace pfm
