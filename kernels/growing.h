// An array that grows without holding its content twice: big ones move by remapping pages.
#pragma once
#include <cstddef>
#include <span>
#include <type_traits>

namespace pfm {

class GrowingBytes {
 public:
  GrowingBytes() = default;
  GrowingBytes(GrowingBytes&& other) noexcept;
  GrowingBytes& operator=(GrowingBytes&& other) noexcept;
  ~GrowingBytes();
  void grow_to(std::size_t bytes);  // new bytes are zero; never shrinks. std::bad_alloc
  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  std::byte* data_ = nullptr;
  std::size_t size_ = 0, mapped_ = 0;
};

template <class T>
class Growing {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  void grow_to(std::size_t count) { bytes_.grow_to(count * sizeof(T)); }
  std::size_t size() const { return bytes_.size() / sizeof(T); }
  T* data() const { return reinterpret_cast<T*>(bytes_.data()); }
  std::span<const T> values() const { return {data(), size()}; }

 private:
  GrowingBytes bytes_;
};

}  // namespace pfm
