#include <pfm/graph/edge_buckets.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace pfm {
namespace {

template <class Entry>
std::size_t entry_bytes(int above_bytes) {
  return sizeof(typename Entry::Low) + std::size_t(above_bytes);
}

template <class Entry>
std::size_t piece_bytes(const EdgeChunk& chunk) {
  return (chunk.capacity * entry_bytes<Entry>(chunk.above_bytes) + Pages::page - 1) / Pages::page * Pages::page;
}

template <class Entry>
std::byte* above_part(const EdgeChunk& chunk) {
  return chunk.at + chunk.capacity * sizeof(typename Entry::Low);
}

// What holds entries while they are sorted: numbers as in the chunks, but of this range and width.
struct Frame {
  NodeId base;
  int target_bits;
};

template <class Above, class Number>
void unpack_as(const EdgeChunk& chunk, Frame to, Number* into) {
  const auto* low = reinterpret_cast<const std::uint32_t*>(chunk.at);
  [[maybe_unused]] const auto* above = reinterpret_cast<const Above*>(above_part<PlainEntry>(chunk));
  const std::uint64_t targets = (std::uint64_t{1} << chunk.target_bits) - 1, moved = std::uint64_t(chunk.base - to.base)
                                                                                     << to.target_bits;
  for (std::size_t i = 0; i < chunk.size; ++i) {
    std::uint64_t number = low[i];
    if constexpr (!std::is_void_v<Above>) number |= std::uint64_t{above[i]} << 32;
    into[i] = Number(moved + (number >> chunk.target_bits << to.target_bits | (number & targets)));
  }
}

template <class Number>
void unpack(const EdgeChunk& chunk, Frame to, Number* into) {
  if (chunk.above_bytes == 0) return unpack_as<void>(chunk, to, into);
  if (chunk.above_bytes == 1) return unpack_as<std::uint8_t>(chunk, to, into);
  unpack_as<std::uint32_t>(chunk, to, into);
}

void unpack(const EdgeChunk& chunk, Frame, OrderedEntry* into) {
  std::memcpy(static_cast<void*>(into), chunk.at, chunk.size * sizeof(OrderedEntry));
}

}  // namespace

Pages::~Pages() {
  for (void* at : slabs_) ::munmap(at, slab);
}

void* Pages::take(std::size_t bytes) {
  std::lock_guard lock(guard_);
  if (left_ < bytes) {
    void* at = ::mmap(nullptr, slab, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
    // Entries go to all ranges in turn, which huge pages make faster; but what is given back of one is free only when
    // all of it is, so large graphs have few of them.
    if (slabs_.size() < huge_slabs) ::madvise(at, slab, MADV_HUGEPAGE);
    slabs_.push_back(at);
    left_ = slab;
  }
  left_ -= bytes;
  return static_cast<char*>(slabs_.back()) + left_;
}

void Pages::give_back(void* piece, std::size_t bytes) { ::madvise(piece, bytes, MADV_DONTNEED); }

template <class Entry>
void EdgeBuckets<Entry>::reach(NodeId highest) {
  auto reached = [&] { return (Offset(highest) >> shift_) < Offset(buckets_.size()); };
  {
    std::shared_lock lock(width_);
    if (reached()) return;
  }
  std::unique_lock lock(width_);
  while (!reached()) double_width();
}

template <class Entry>
void EdgeBuckets<Entry>::double_width() {
  for (std::size_t b = 0; b < buckets_.size(); ++b) {
    Bucket merged;
    for (std::size_t from : {2 * b, 2 * b + 1}) {
      if (from >= buckets_.size()) break;
      std::vector<EdgeChunk>& chunks = buckets_[from].chunks;
      merged.chunks.insert(merged.chunks.end(), chunks.begin(), chunks.end());
      merged.size += buckets_[from].size;
      chunks.clear();
      buckets_[from].size = 0;
    }
    buckets_[b].chunks = std::move(merged.chunks);
    buckets_[b].size = merged.size;
  }
  ++shift_;
}

template <class Entry>
void EdgeBuckets<Entry>::open_chunk(std::size_t bucket) {
  std::vector<EdgeChunk>& chunks = buckets_[bucket].chunks;
  const std::size_t wanted = chunks.empty() ? 0 : 2 * piece_bytes<Entry>(chunks.back());
  const std::size_t bytes = std::clamp(wanted, Pages::page, Pages::largest);
  const int above = Entry::above_bytes(shift_, target_bits());
  auto* at = static_cast<std::byte*>(pages_.take(bytes));
  chunks.push_back({at, 0, std::uint32_t(bytes / entry_bytes<Entry>(above)), first_source(int(bucket)),
                    std::uint8_t(target_bits()), std::uint8_t(above)});
}

template <class Entry>
void EdgeBuckets<Entry>::append(const PackedRuns<Entry>& runs) {
  for (std::size_t b = 0; b < buckets_.size(); ++b)
    if (runs.begin[b + 1] > runs.begin[b]) append(b, runs);
}

template <class Entry>
void EdgeBuckets<Entry>::append(std::size_t bucket, const PackedRuns<Entry>& runs) {
  auto& [busy, chunks, size] = buckets_[bucket];
  while (busy.test_and_set(std::memory_order_acquire)) {
  }
  struct Release {
    std::atomic_flag& flag;
    ~Release() { flag.clear(std::memory_order_release); }
  } release{busy};
  constexpr std::size_t low_bytes = sizeof(typename Entry::Low);
  const std::size_t end = runs.begin[bucket + 1];
  size += end - runs.begin[bucket];
  for (std::size_t from = runs.begin[bucket]; from < end;) {
    const bool fits = !chunks.empty() && chunks.back().size < chunks.back().capacity &&
                      chunks.back().target_bits == target_bits();  // else of narrower ranges
    if (!fits) open_chunk(bucket);
    EdgeChunk& chunk = chunks.back();
    const std::size_t count = std::min<std::size_t>(end - from, chunk.capacity - chunk.size), above = chunk.above_bytes;
    std::memcpy(chunk.at + chunk.size * low_bytes, runs.low.data() + from, count * low_bytes);
    if (above > 0)
      std::memcpy(above_part<Entry>(chunk) + chunk.size * above, runs.above.data() + from * above, count * above);
    chunk.size += std::uint32_t(count);
    from += count;
  }
}

template <class Entry>
template <class Stored>
void EdgeBuckets<Entry>::take(int bucket, std::vector<Stored>& into) {
  Bucket& from = buckets_[std::size_t(bucket)];
  into.resize(from.size);
  std::size_t done = 0;
  for (const EdgeChunk& chunk : from.chunks) {
    unpack(chunk, {first_source(bucket), target_bits()}, into.data() + done);
    done += chunk.size;
    Pages::give_back(chunk.at, piece_bytes<Entry>(chunk));
  }
  from.chunks.clear();
  from.size = 0;
}

template class EdgeBuckets<PlainEntry>;
template class EdgeBuckets<OrderedEntry>;
template void EdgeBuckets<PlainEntry>::take(int, std::vector<std::uint32_t>&);
template void EdgeBuckets<PlainEntry>::take(int, std::vector<std::uint64_t>&);
template void EdgeBuckets<OrderedEntry>::take(int, std::vector<OrderedEntry>&);

}  // namespace pfm
