// Threads. Work is cut into blocks that do not depend on the number of threads and every block writes its own rows, so
// results are the same bits at any thread count. The only place that knows the threading library.
#pragma once
#include <pfm/kernels/matrix.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>

#ifdef PFM_STD_THREADS
#include <atomic>
#include <exception>
#include <thread>
#else
#include <tbb/global_control.h>
#include <tbb/info.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_invoke.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>
#endif

namespace pfm {

constexpr Offset row_block = 4096;  // rows per block of sums over rows

#ifdef PFM_STD_THREADS  // thread sanitizer: the same blocks on plain threads

inline int thread_count() { return 2; }

class Threads {
 public:
  explicit Threads(int) {}
};

template <class Body>
void parallel_blocks(Offset blocks, Body&& body) {
  if (blocks <= 1) {
    if (blocks == 1) body(Offset{0});
    return;
  }
  std::atomic<Offset> next{0};
  std::exception_ptr failed[2];
  auto work = [&](std::exception_ptr& failure) {
    try {
      for (Offset b; (b = next.fetch_add(1)) < blocks;) body(b);
    } catch (...) {
      failure = std::current_exception();
      next = blocks;
    }
  };
  std::thread other([&] { work(failed[1]); });
  work(failed[0]);
  other.join();
  for (const std::exception_ptr& failure : failed)
    if (failure) std::rethrow_exception(failure);
}

template <class A, class B>
void parallel_pair(A&& a, B&& b) {
  a(), b();
}

template <class A, class B>
void parallel_beside(A&& a, B&& b) {
  std::exception_ptr failed;
  std::thread other([&] {
    try {
      a();
    } catch (...) {
      failed = std::current_exception();
    }
  });
  try {
    b();
  } catch (...) {
    other.join();
    throw;
  }
  other.join();
  if (failed) std::rethrow_exception(failed);
}

#else

inline int thread_count() {
  return std::min<int>(tbb::this_task_arena::max_concurrency(),
                       int(tbb::global_control::active_value(tbb::global_control::max_allowed_parallelism)));
}

// While it lives at most `count` threads compute; 0 = as many as the machine has.
class Threads {
 public:
  explicit Threads(int count)
      : limit_(tbb::global_control::max_allowed_parallelism, (count > 0 ? count : tbb::info::default_concurrency())) {}

 private:
  tbb::global_control limit_;
};

// body(b) for each block b in [0, blocks).
template <class Body>
void parallel_blocks(Offset blocks, Body&& body) {
  if (blocks <= 1) {
    if (blocks == 1) body(Offset{0});
    return;
  }
  tbb::parallel_for(Offset{0}, blocks, [&](Offset b) { body(b); });
}

template <class A, class B>
void parallel_pair(A&& a, B&& b) {
  tbb::parallel_invoke(std::forward<A>(a), std::forward<B>(b));
}

// b() on this thread, a() on others while some are free, else afterwards. This thread takes no part of a() before b()
// is done, so a lock that b() holds while it waits for its own blocks cannot be asked for twice.
template <class A, class B>
void parallel_beside(A&& a, B&& b) {
  tbb::task_group other;
  other.run(std::ref(a));
  try {
    tbb::this_task_arena::isolate(std::ref(b));
  } catch (...) {
    other.cancel();
    other.wait();
    throw;
  }
  other.wait();
}

#endif

// body(begin, end) for [0, n) in blocks of `grain`.
template <class Body>
void parallel_for(Offset n, Offset grain, Body&& body) {
  parallel_blocks((n + grain - 1) / grain, [&](Offset b) { body(b * grain, std::min(n, (b + 1) * grain)); });
}

// Items that come one after the other (blocks of a file), worked on by all threads: next(item) fills in the next one
// and returns false at the end, called by one thread at a time; body(item, i) gets item i of the sequence. Which thread
// gets which item, and when, is open: results must not depend on it.
template <class Item, class Next, class Body>
void parallel_items(Next&& next, Body&& body) {
  std::mutex taking;
  Offset taken = 0;
  bool ended = false;
  parallel_blocks(thread_count(), [&](Offset) {
    for (Item item;;) {
      Offset i = 0;
      {
        std::lock_guard lock(taking);
        if (ended) return;
        try {
          ended = !next(item);
        } catch (...) {
          ended = true;
          throw;
        }
        if (ended) return;
        i = taken++;
      }
      body(item, i);
    }
  });
}

// Rows per block so that a block touches about 64 KiB of `cols` numbers.
inline Offset rows_per_block(Offset cols) { return std::max<Offset>(1, 16384 / std::max<Offset>(1, cols)); }

// block(begin, end) -> T over blocks of `grain`, added pairwise in a fixed tree: add(left, right) adds into left.
template <class Block, class Add>
auto tree_sum(Offset n, Offset grain, Block&& block, Add&& add) {
  using T = decltype(block(Offset{0}, n));
  auto sum = [&](auto&& self, Offset first, Offset last) -> T {  // blocks [first, last)
    if (last - first <= 1) return block(first * grain, std::min(n, last * grain));
    Offset half = 1;
    while (2 * half < last - first) half *= 2;
    std::unique_ptr<T> left, right;
    parallel_pair([&] { left = std::make_unique<T>(self(self, first, first + half)); },
                  [&] { right = std::make_unique<T>(self(self, first + half, last)); });
    add(*left, *right);
    return std::move(*left);
  };
  return sum(sum, 0, std::max<Offset>(1, (n + grain - 1) / grain));
}

}  // namespace pfm
