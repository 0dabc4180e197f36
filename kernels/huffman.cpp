#include <pfm/kernels/huffman.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

// Leaves are [0, N), inner nodes [N, 2N - 1).
struct Links {
  std::vector<std::size_t> parent;  // of all but the root
  std::vector<std::uint8_t> code;
};

// Sorted leaves and inner nodes are two queues of rising counts (van Leeuwen 1976). Of equal counts a leaf goes first,
// which keeps paths short.
Links joined(std::span<const std::int64_t> counts) {
  const std::size_t n = counts.size();
  std::vector<std::size_t> leaves(n);
  std::iota(leaves.begin(), leaves.end(), std::size_t{0});
  std::ranges::stable_sort(leaves, {}, [&](std::size_t leaf) { return counts[leaf]; });
  Links links{std::vector<std::size_t>(2 * n), std::vector<std::uint8_t>(2 * n)};
  std::vector<std::int64_t> sums;
  std::size_t leaf = 0, inner = 0;
  auto least = [&](std::int64_t& sum) {
    const bool from_leaves = leaf < n && (inner == sums.size() || counts[leaves[leaf]] <= sums[inner]);
    sum += from_leaves ? counts[leaves[leaf]] : sums[inner];
    return from_leaves ? leaves[leaf++] : n + inner++;
  };
  while (sums.size() + 1 < n) {
    std::int64_t sum = 0;
    const std::size_t first = least(sum), second = least(sum);
    links.parent[first] = links.parent[second] = n + sums.size();
    links.code[second] = 1;
    sums.push_back(sum);
  }
  return links;
}

}  // namespace

HuffmanTree::HuffmanTree(std::span<const std::int64_t> counts) : offsets_{0} {
  const std::size_t n = counts.size();
  expect(std::ranges::all_of(counts, [](std::int64_t c) { return c >= 0; }), "HuffmanTree: counts are not negative");
  const Links links = joined(counts);
  for (std::size_t word = 0; word < n; ++word) {
    for (std::size_t node = word; node + 2 < 2 * n; node = links.parent[node]) {
      nodes_.push_back(NodeId(links.parent[node] - n));
      codes_.push_back(links.code[node]);
    }
    std::reverse(nodes_.begin() + offsets_.back(), nodes_.end());
    std::reverse(codes_.begin() + offsets_.back(), codes_.end());
    offsets_.push_back(Offset(nodes_.size()));
  }
}

std::span<const NodeId> HuffmanTree::nodes(NodeId word) const {
  return std::span(nodes_).subspan(std::size_t(offsets_[word]), std::size_t(offsets_[word + 1] - offsets_[word]));
}

std::span<const std::uint8_t> HuffmanTree::codes(NodeId word) const {
  return std::span(codes_).subspan(std::size_t(offsets_[word]), std::size_t(offsets_[word + 1] - offsets_[word]));
}

}  // namespace pfm
