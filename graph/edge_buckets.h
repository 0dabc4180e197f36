// Where a GraphStream keeps its edges: by ranges of their sources.
#pragma once
#include <pfm/graph/graph.h>

#include <atomic>
#include <bit>
#include <memory>
#include <mutex>
#include <numeric>
#include <shared_mutex>
#include <type_traits>
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

// The ends of a stored entry. In a range of 2^source_bits sources it is kept as the number source - first of the range,
// target: the low 32 bits apart from what is above them, which takes no byte, one or four.
struct PlainEntry {
  using Low = std::uint32_t;
  NodeId source_, target_;
  static PlainEntry make(Edge e, Offset, Real) { return {e.source, e.target}; }
  NodeId source() const { return source_; }
  static int above_bytes(int source_bits, int target_bits) {
    const int bits = source_bits + target_bits;
    return bits <= 32 ? 0 : bits <= 40 ? 1 : 4;
  }
  template <class Above>  // void: nothing is above
  void pack(int source_bits, int target_bits, Low& low, Above* above) const {
    const std::uint64_t source = std::uint32_t(source_) & ((std::uint32_t{1} << source_bits) - 1),
                        number = source << target_bits | std::uint32_t(target_);
    low = std::uint32_t(number);
    if constexpr (!std::is_void_v<Above>) *above = Above(number >> 32);
  }
};

// The same with the number and the weight of its edge.
struct OrderedEntry {
  using Low = OrderedEntry;
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
  static int above_bytes(int, int) { return 0; }
  void pack(int, int, Low& into, void*) const { into = *this; }
};

// Entries of one range of sources, in one piece of memory: the low parts of all, then what is above.
struct EdgeChunk {
  std::byte* at;
  std::uint32_t size, capacity;  // entries
  NodeId base;                   // the first source of the range
  std::uint8_t target_bits, above_bytes;
};

// The entries of one call, packed and sorted by range; kept from call to call for its memory.
template <class Entry>
struct PackedRuns {
  std::vector<std::uint32_t> begin, next;  // of each range
  std::vector<typename Entry::Low> low;
  std::vector<std::byte> above;
};

// Ranges double in width as higher nodes come, so their number stays.
template <class Entry>
class EdgeBuckets {
 public:
  EdgeBuckets(int buckets, int shift) : shift_(shift), buckets_(std::size_t(buckets)) {}  // a power of two of buckets

  void reach(NodeId highest);  // of all sources and targets so far; call before append
  // The entries that each(visit) gives to visit(entry), the same ones each time; any thread.
  template <class Each>
  void append(const Each& each, PackedRuns<Entry>& runs);
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
  template <class Above, class Each>
  void pack(const Each& each, PackedRuns<Entry>& runs) const;
  void append(const PackedRuns<Entry>& runs);
  void append(std::size_t bucket, const PackedRuns<Entry>& runs);
  void open_chunk(std::size_t bucket);
  void double_width();

  int shift_;
  std::shared_mutex width_;  // held shared while appending
  std::vector<Bucket> buckets_;
  Pages pages_;
};

template <class Entry>
template <class Above, class Each>
void EdgeBuckets<Entry>::pack(const Each& each, PackedRuns<Entry>& runs) const {
  auto* above = static_cast<Above*>(static_cast<void*>(runs.above.data()));
  each([&, next = runs.next.data(), low = runs.low.data(), source_bits = shift_, bits = target_bits()](const Entry& e) {
    const std::uint32_t place = next[std::size_t(e.source() >> source_bits)]++;
    if constexpr (std::is_void_v<Above>)
      e.pack(source_bits, bits, low[place], above);
    else
      e.pack(source_bits, bits, low[place], above + place);
  });
}

// Counts, then sorts by range, so that each range is locked once and gets a run.
template <class Entry>
template <class Each>
void EdgeBuckets<Entry>::append(const Each& each, PackedRuns<Entry>& runs) {
  std::shared_lock lock(width_);
  runs.begin.assign(buckets_.size() + 1, 0);
  each([begin = runs.begin.data(), source_bits = shift_](const Entry& e) {
    ++begin[std::size_t(e.source() >> source_bits) + 1];
  });
  std::partial_sum(runs.begin.begin(), runs.begin.end(), runs.begin.begin());
  runs.next = runs.begin;
  const int above = Entry::above_bytes(shift_, target_bits());
  runs.low.resize(runs.begin.back());
  runs.above.resize(runs.begin.back() * std::size_t(above));
  if (above == 0) pack<void>(each, runs);
  if (above == 1) pack<std::uint8_t>(each, runs);
  if (above == 4) pack<std::uint32_t>(each, runs);
  append(runs);
}

}  // namespace pfm
