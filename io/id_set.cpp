#include <pfm/io/id_set.h>

#include <bit>

namespace pfm::io {

constexpr std::size_t words_a_page = (std::size_t{1} << 20) / 64;

IdSet::~IdSet() {
  for (auto& page : pages_) delete[] page.load();
}

IdSet::Word* IdSet::made(std::size_t page) {
  Word* fresh = new Word[words_a_page]{};
  Word* none = nullptr;
  if (pages_[page].compare_exchange_strong(none, fresh)) return fresh;
  delete[] fresh;
  return none;  // another thread's
}

void IdSet::add(NodeId id) {
  Word* page = pages_[std::size_t(id) >> page_bits].load(std::memory_order_acquire);
  if (page == nullptr) page = made(std::size_t(id) >> page_bits);
  Word& word = page[(std::size_t(id) & ((std::size_t{1} << page_bits) - 1)) / 64];
  const std::uint64_t bit = std::uint64_t{1} << (id % 64);
  if ((word.load(std::memory_order_relaxed) & bit) == 0) word.fetch_or(bit, std::memory_order_relaxed);
}

void IdSet::add(std::span<const Edge> edges) {
  NodeId source = -1;  // files that are sorted by it name it often
  for (const Edge& e : edges) {
    if (e.source != source) add(source = e.source);
    add(e.target);
  }
}

Offset IdSet::count() const {
  Offset count = 0;
  for (const auto& page : pages_)
    if (const Word* words = page.load(); words != nullptr)
      for (std::size_t w = 0; w < words_a_page; ++w) count += std::popcount(words[w].load());
  return count;
}

std::vector<NodeId> IdSet::members() const {
  std::vector<NodeId> members;
  members.reserve(std::size_t(count()));
  for (std::size_t p = 0; p < pages_.size(); ++p) {
    const Word* words = pages_[p].load();
    for (std::size_t w = 0; words != nullptr && w < words_a_page; ++w)
      for (std::uint64_t left = words[w].load(); left != 0; left &= left - 1)
        members.push_back(NodeId((p << page_bits) + w * 64 + std::size_t(std::countr_zero(left))));
  }
  return members;
}

NodeId IdSet::highest() const {
  for (std::size_t p = pages_.size(); p-- > 0;) {
    const Word* words = pages_[p].load();
    for (std::size_t w = words_a_page; words != nullptr && w-- > 0;)
      if (const std::uint64_t word = words[w].load(); word != 0)
        return NodeId((p << page_bits) + w * 64 + 63 - std::size_t(std::countl_zero(word)));
  }
  return -1;
}

Ranks IdSet::ranks() const {
  std::vector<std::uint64_t> all;
  all.reserve(std::size_t(highest()) / 64 + 1);
  for (std::size_t p = 0; p < pages_.size() && all.size() * 64 <= std::size_t(highest()); ++p) {
    const Word* words = pages_[p].load();
    for (std::size_t w = 0; w < words_a_page; ++w) all.push_back(words == nullptr ? 0 : words[w].load());
  }
  return Ranks(all);
}

}  // namespace pfm::io
