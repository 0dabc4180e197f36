#include <pfm/kernels/pool.h>
#include <sys/mman.h>

#include <bit>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>
#include <unordered_map>
#include <vector>

namespace pfm::pool {
namespace {

constexpr std::size_t alignment = 64;
constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr std::size_t huge_from = std::size_t{8} << 20;     // blocks from here on ask for huge pages
constexpr std::size_t largest_kept = std::size_t{1} << 29;  // larger blocks go straight back
constexpr std::size_t kept_at_most = std::size_t{1} << 31;

// Rounds up to an eighth of the power of two below: at most 12.5 % is wasted and few sizes exist.
std::size_t size_class(std::size_t bytes) {
  if (bytes <= 512) return (bytes + alignment - 1) / alignment * alignment + (bytes == 0 ? alignment : 0);
  std::size_t step = std::bit_floor(bytes - 1) / 8;
  if (step < alignment) step = alignment;
  return (bytes + step - 1) / step * step;
}

void* from_system(std::size_t bytes) {
  const std::size_t boundary = bytes >= huge_from ? huge_page : alignment;
  const std::size_t rounded = (bytes + boundary - 1) / boundary * boundary;
  void* block = std::aligned_alloc(boundary, rounded);
  if (!block) throw std::bad_alloc();
  if (bytes >= huge_from) madvise(block, rounded, MADV_HUGEPAGE);
  return block;
}

struct Store {
  std::mutex guard;
  std::unordered_map<std::size_t, std::vector<void*>> blocks;
  std::size_t bytes = 0;
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

void release(void* block, std::size_t) noexcept { std::free(block); }

#else

void* acquire(std::size_t bytes) {
  const std::size_t size = size_class(bytes);
  {
    std::lock_guard lock(store().guard);
    auto found = store().blocks.find(size);
    if (found != store().blocks.end() && !found->second.empty()) {
      void* block = found->second.back();
      found->second.pop_back();
      store().bytes -= size;
      return block;
    }
  }
  return from_system(size);
}

void release(void* block, std::size_t bytes) noexcept {
  if (!block) return;
  const std::size_t size = size_class(bytes);
  if (size <= largest_kept) {
    std::lock_guard lock(store().guard);
    if (store().bytes + size <= kept_at_most) {
      try {
        store().blocks[size].push_back(block);
        store().bytes += size;
        return;
      } catch (const std::bad_alloc&) {
      }
    }
  }
  std::free(block);
}

#endif

void trim() noexcept {
  std::lock_guard lock(store().guard);
  for (auto& [size, blocks] : store().blocks) {
    for (void* block : blocks) std::free(block);
    blocks.clear();
  }
  store().bytes = 0;
}

std::size_t kept() noexcept {
  std::lock_guard lock(store().guard);
  return store().bytes;
}

}  // namespace pfm::pool
