// Work space that tasks borrow.
#pragma once
#include <memory>
#include <mutex>
#include <vector>

namespace pfm {

// As many T as were borrowed at a time, kept for the next tasks. Several threads may borrow at once.
template <class T>
class Arenas {
 public:
  // body(arena) with one that nobody else has meanwhile, as the task before left it. It is not kept where body throws.
  template <class Body>
  void with(Body&& body) {
    std::unique_ptr<T> arena = take();
    body(*arena);
    const std::lock_guard lock(guard_);
    free_.push_back(std::move(arena));
  }

 private:
  std::unique_ptr<T> take() {
    const std::lock_guard lock(guard_);
    if (free_.empty()) return std::make_unique<T>();
    std::unique_ptr<T> arena = std::move(free_.back());
    free_.pop_back();
    return arena;
  }

  std::mutex guard_;
  std::vector<std::unique_ptr<T>> free_;
};

}  // namespace pfm
