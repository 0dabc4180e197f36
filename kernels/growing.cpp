#include <pfm/kernels/growing.h>
#include <sys/mman.h>

#include <algorithm>
#include <new>
#include <utility>

namespace pfm {

constexpr std::size_t huge_page = std::size_t{1} << 21;

GrowingBytes::GrowingBytes(GrowingBytes&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, 0)) {}

GrowingBytes& GrowingBytes::operator=(GrowingBytes&& other) noexcept {
  std::swap(data_, other.data_), std::swap(size_, other.size_), std::swap(mapped_, other.mapped_);
  return *this;
}

GrowingBytes::~GrowingBytes() {
  if (data_ != nullptr) ::munmap(data_, mapped_);
}

void GrowingBytes::grow_to(std::size_t bytes) {
  size_ = std::max(size_, bytes);
  if (bytes <= mapped_) return;
  const std::size_t wanted = (bytes + bytes / 16 + huge_page - 1) / huge_page * huge_page;
  void* at = data_ == nullptr ? ::mmap(nullptr, wanted, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                              : ::mremap(data_, mapped_, wanted, MREMAP_MAYMOVE);
  if (at == MAP_FAILED) throw std::bad_alloc();
  if (bytes >= huge_page) ::madvise(at, wanted, MADV_HUGEPAGE);  // a small array would take all of one
  data_ = static_cast<std::byte*>(at);
  mapped_ = wanted;
}

}  // namespace pfm
