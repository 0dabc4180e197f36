// Where a GraphStream keeps its edges: by ranges of their sources.
#pragma once
#include <pfm/graph/graph.h>

#include <atomic>
#include <bit>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <vector>

namespace pfm {

// Pieces of memory whose pages go back to the system one by one.
class Pages {
 public:
  Pages() = default;
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;
  static constexpr std::size_t page = 4096, largest = page << 2;
  void* take(std::size_t bytes);                          // a multiple of page, at most `largest`
  static void give_back(void* piece, std::size_t bytes);  // of take(): the pages, not the addresses

 private:
  static constexpr std::size_t slab = std::size_t{4} << 20, huge_slabs = 64;
  std::mutex guard_;
  std::vector<void*> slabs_;
  std::size_t left_ = 0;
};

// A stored entry: its ends.
struct PlainEntry {
  std::uint64_t key;  // source, target
  static PlainEntry make(Edge e, Offset, Real) {
    return {std::uint64_t(std::uint32_t(e.source)) << 32 | std::uint32_t(e.target)};
  }
  NodeId source() const { return NodeId(key >> 32); }
  NodeId target() const { return NodeId(key & 0x7fffffff); }
  // What one takes in a range of 2^source_bits sources.
  static std::size_t bytes(int source_bits, int target_bits) {
    const int bits = source_bits + target_bits;
    return bits <= 32 ? 4 : bits <= 40 ? 5 : 8;
  }
};

// The same with the number and the weight of its edge.
struct OrderedEntry {
  std::uint64_t key;  // source (31 bits), target (31 bits), the number's high 2 bits
  std::uint32_t low;  // the number's low bits
  Real weight;
  static OrderedEntry make(Edge e, Offset number, Real weight) {
    const auto n = std::uint64_t(number);
    return {std::uint64_t(e.source) << 33 | std::uint64_t(e.target) << 2 | n >> 32, std::uint32_t(n), weight};
  }
  NodeId source() const { return NodeId(key >> 33); }
  NodeId target() const { return NodeId(key >> 2 & 0x7fffffff); }
  Offset number() const { return Offset((key & 3) << 32 | low); }
  friend bool operator<(const OrderedEntry& a, const OrderedEntry& b) {
    return a.key != b.key ? a.key < b.key : a.low < b.low;
  }
  static std::size_t bytes(int, int) { return sizeof(OrderedEntry); }
};

// Entries of one range of sources, in one piece of memory.
struct EdgeChunk {
  std::byte* at;
  std::uint32_t size, capacity;  // entries
  NodeId base;                   // no source is below it
  std::uint8_t target_bits, entry_bytes;
};

// Ranges double in width as higher nodes come, so their number stays.
template <class Entry>
class EdgeBuckets {
 public:
  EdgeBuckets(int buckets, int shift) : shift_(shift), buckets_(std::size_t(buckets)) {}  // a power of two of buckets

  void reach(NodeId highest);  // of all sources and targets so far; call before append
  void append(std::span<const Entry> entries, std::vector<Entry>& scratch);  // any thread
  int buckets() const { return int(buckets_.size()); }
  NodeId first_source(int bucket) const { return NodeId(Offset(bucket) << shift_); }
  int shift() const { return shift_; }
  int target_bits() const { return shift_ + std::bit_width(buckets_.size()) - 1; }  // of any node reached
  std::size_t size(int bucket) const { return buckets_[std::size_t(bucket)].size; }
  // Becomes the content, whose memory goes back. Stored is OrderedEntry, or for plain entries a number of as many bits
  // as source - first_source(bucket), target have: 32 or 64.
  template <class Stored>
  void take(int bucket, std::vector<Stored>& into);

 private:
  struct Bucket {
    std::atomic_flag busy = ATOMIC_FLAG_INIT;
    std::vector<EdgeChunk> chunks;
    std::size_t size = 0;
  };
  void append(std::size_t bucket, std::span<const Entry> run);
  void open_chunk(std::size_t bucket);
  void double_width();

  int shift_;
  std::shared_mutex width_;  // held shared while appending
  std::vector<Bucket> buckets_;
  Pages pages_;
};

}  // namespace pfm
