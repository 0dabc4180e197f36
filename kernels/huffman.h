// Huffman's tree (1952) over counts, as hierarchical softmax walks it (Mikolov et al. 2013, arXiv:1310.4546,
// section 2.1).
#pragma once
#include <pfm/kernels/matrix.h>

#include <vector>

namespace pfm {

// For each of N words the way from the root down to it. Inner nodes are numbered [0, N - 1) in the order in which they
// are made, the root last; of two nodes joined, the one of smaller count gets code 0.
class HuffmanTree {
 public:
  // counts [N], not negative, their sum below 2^63.
  explicit HuffmanTree(std::span<const std::int64_t> counts);

  NodeId words() const { return NodeId(offsets_.size()) - 1; }
  std::span<const NodeId> nodes(NodeId word) const;        // the inner nodes, the root first
  std::span<const std::uint8_t> codes(NodeId word) const;  // which branch is taken at each: 0 or 1

 private:
  std::vector<Offset> offsets_;  // [N + 1]
  std::vector<NodeId> nodes_;
  std::vector<std::uint8_t> codes_;
};

}  // namespace pfm
