#include <pfm/graph/edge_buckets.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace pfm {

Pages::~Pages() {
  for (void* at : slabs_) ::munmap(at, slab);
}

void* Pages::take(std::size_t bytes) {
  std::lock_guard lock(guard_);
  if (left_ < bytes) {
    void* at = ::mmap(nullptr, slab, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) throw std::bad_alloc();
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
      std::vector<Chunk>& chunks = buckets_[from].chunks;
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

// Sorted by bucket first, so that each bucket is locked once and gets a run.
template <class Entry>
void EdgeBuckets<Entry>::append(std::span<const Entry> entries, std::vector<Entry>& scratch) {
  std::shared_lock lock(width_);
  std::vector<std::uint32_t> next(buckets_.size() + 1);
  for (const Entry& e : entries) ++next[std::size_t(e.source() >> shift_) + 1];
  for (std::size_t b = 0; b < buckets_.size(); ++b) next[b + 1] += next[b];
  scratch.resize(entries.size());
  for (const Entry& e : entries) scratch[next[std::size_t(e.source() >> shift_)]++] = e;
  std::size_t begin = 0;
  for (std::size_t b = 0; b < buckets_.size(); ++b) {
    if (next[b] > begin) append(buckets_[b], std::span(scratch).subspan(begin, next[b] - begin));
    begin = next[b];
  }
}

template <class Entry>
void EdgeBuckets<Entry>::append(Bucket& bucket, std::span<const Entry> run) {
  while (bucket.busy.test_and_set(std::memory_order_acquire)) {
  }
  struct Release {
    std::atomic_flag& flag;
    ~Release() { flag.clear(std::memory_order_release); }
  } release{bucket.busy};
  bucket.size += run.size();
  while (!run.empty()) {
    if (bucket.chunks.empty() || bucket.chunks.back().size == bucket.chunks.back().capacity) {
      const std::size_t bytes = bucket.chunks.empty()
                                    ? Pages::page
                                    : std::min(Pages::largest, 2 * bucket.chunks.back().capacity * sizeof(Entry));
      const std::size_t whole = (bytes + Pages::page - 1) / Pages::page * Pages::page;
      bucket.chunks.push_back({static_cast<Entry*>(pages_.take(whole)), 0, whole / sizeof(Entry)});
    }
    Chunk& chunk = bucket.chunks.back();
    const std::size_t count = std::min(run.size(), chunk.capacity - chunk.size);
    std::memcpy(static_cast<void*>(chunk.entries + chunk.size), run.data(), count * sizeof(Entry));
    chunk.size += count;
    run = run.subspan(count);
  }
}

template <class Entry>
void EdgeBuckets<Entry>::take(int bucket, std::vector<Entry>& into) {
  Bucket& from = buckets_[std::size_t(bucket)];
  into.clear();
  into.reserve(from.size);
  for (const Chunk& chunk : from.chunks) {
    into.insert(into.end(), chunk.entries, chunk.entries + chunk.size);
    const std::size_t bytes = (chunk.capacity * sizeof(Entry) + Pages::page - 1) / Pages::page * Pages::page;
    Pages::give_back(chunk.entries, bytes);
  }
  from.chunks.clear();
  from.size = 0;
}

template class EdgeBuckets<PlainEntry>;
template class EdgeBuckets<OrderedEntry>;

}  // namespace pfm
