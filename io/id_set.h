// Which numbers occur as ids of nodes: a set that threads add to at once.
#pragma once
#include <pfm/graph/graph.h>

#include <array>
#include <atomic>
#include <memory>
#include <vector>

namespace pfm::io {

class IdSet {
 public:
  IdSet() = default;
  ~IdSet();
  IdSet(const IdSet&) = delete;
  IdSet& operator=(const IdSet&) = delete;
  void add(std::span<const Edge> edges);  // both ends, 0 or more; any thread
  Offset count() const;
  NodeId highest() const;             // -1 where it is empty
  std::vector<NodeId> ranks() const;  // [highest + 1]: the place of each member in ascending order, -1 for others
  std::vector<NodeId> members() const;

 private:
  static constexpr int page_bits = 20;  // ids a page
  using Word = std::atomic<std::uint64_t>;
  void add(NodeId id);
  Word* made(std::size_t page);
  std::array<std::atomic<Word*>, std::size_t{1} << (31 - page_bits)> pages_{};
};

}  // namespace pfm::io
