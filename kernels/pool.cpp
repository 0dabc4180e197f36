#include <pfm/kernels/pool.h>
#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <map>
#include <mutex>
#include <new>
#include <vector>

namespace pfm::pool {
namespace {

constexpr std::size_t alignment = 64;

// Rounds up to an eighth of the power of two below: at most 12.5 % is wasted and few sizes exist.
std::size_t size_class(std::size_t bytes) {
  if (bytes <= 512) return std::max(alignment, (bytes + alignment - 1) / alignment * alignment);
  std::size_t step = std::bit_floor(bytes - 1) / 8;
  if (step < alignment) step = alignment;
  return (bytes + step - 1) / step * step;
}

#ifdef PFM_POISON

void* from_system(std::size_t size) {
  void* block = std::aligned_alloc(alignment, size);
  if (!block) throw std::bad_alloc();
  return block;
}

void to_system(void* block, std::size_t) noexcept { std::free(block); }

#else

constexpr std::size_t spare = std::size_t{96} << 20;  // may be kept at all events
constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t mapped_from = std::size_t{1} << 20;  // blocks from here on are mappings of their own
constexpr std::size_t huge_from = std::size_t{2} << 20;    // blocks from here on ask for huge pages

// Large blocks are mapped here, not by malloc, whose heap keeps what is freed in its middle.
void* from_system(std::size_t size) {
  if (size < mapped_from) {
    void* block = std::aligned_alloc(alignment, size);
    if (!block) throw std::bad_alloc();
    return block;
  }
  const std::size_t more = size >= huge_from ? huge_page : 0;  // to cut out a part that starts with a huge page
  void* mapping = mmap(nullptr, size + more, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) throw std::bad_alloc();
  if (more == 0) return mapping;
  char* start = static_cast<char*>(mapping);
  const std::size_t before = (huge_page - reinterpret_cast<std::uintptr_t>(start) % huge_page) % huge_page;
  if (before > 0) munmap(start, before);
  munmap(start + before + size, more - before);
  madvise(start + before, size, MADV_HUGEPAGE);
  return start + before;
}

void to_system(void* block, std::size_t size) noexcept {
  if (size < mapped_from)
    std::free(block);
  else
    munmap(block, size);
}

#endif

struct Store {
  std::mutex guard;
  std::map<std::size_t, std::vector<void*>> blocks;  // kept, by size
  std::size_t kept = 0, live = 0, peak = 0;          // bytes; peak of live since the last trim

  void* take(std::size_t size) {
    auto found = blocks.find(size);
    if (found == blocks.end() || found->second.empty()) return nullptr;
    void* block = found->second.back();
    found->second.pop_back();
    kept -= size;
    return block;
  }

  // Gives back the largest kept blocks until no more than `bytes` are kept.
  void shrink(std::size_t bytes) noexcept {
    for (auto at = blocks.rbegin(); at != blocks.rend(); ++at)
      for (; kept > bytes && !at->second.empty(); kept -= at->first) {
        to_system(at->second.back(), at->first);
        at->second.pop_back();
      }
  }
};

// Never destroyed: matrices of static storage may be released after it would be.
Store& store() {
  static Store* only = new Store;
  return *only;
}

}  // namespace

#ifdef PFM_POISON

void* acquire(std::size_t bytes) {
  void* block = from_system(size_class(bytes));
  const auto poison = std::numeric_limits<float>::signaling_NaN();
  for (std::size_t at = 0; at + sizeof poison <= bytes; at += sizeof poison)
    std::memcpy(static_cast<char*>(block) + at, &poison, sizeof poison);
  return block;
}

void release(void* block, std::size_t bytes) noexcept {
  if (block) to_system(block, size_class(bytes));
}

#else

void* acquire(std::size_t bytes) {
  const std::size_t size = size_class(bytes);
  Store& s = store();
  std::lock_guard lock(s.guard);
  void* block = s.take(size);
  if (!block) {
    // Sizes that are no longer asked for must not pile up. Batches of samples differ in size, each asks for others.
    const std::size_t live = s.live + size, peak = std::max(s.peak, live);
    const std::size_t limit = peak + std::max(peak / 2, spare);
    s.shrink(limit - live);
    try {
      block = from_system(size);
    } catch (const std::bad_alloc&) {
      s.shrink(0);
      block = from_system(size);
    }
  }
  s.live += size;
  s.peak = std::max(s.peak, s.live);
  return block;
}

void release(void* block, std::size_t bytes) noexcept {
  if (!block) return;
  const std::size_t size = size_class(bytes);
  Store& s = store();
  std::lock_guard lock(s.guard);
  s.live -= size;
  try {
    s.blocks[size].push_back(block);
    s.kept += size;
  } catch (const std::bad_alloc&) {
    to_system(block, size);
  }
}

#endif

void trim() noexcept {
  std::lock_guard lock(store().guard);
  store().shrink(0);
  store().peak = store().live;
}

std::size_t kept() noexcept {
  std::lock_guard lock(store().guard);
  return store().kept;
}

}  // namespace pfm::pool
