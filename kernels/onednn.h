// oneDNN within our own tasks.
#pragma once
#include <omp.h>

#include <dnnl.hpp>

namespace pfm {

inline const dnnl::engine& onednn_engine() {
  static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
  return cpu;
}

// oneDNN would start its own threads: while this lives, this thread has none. The setting is the thread's own.
struct OneThread {
  OneThread() {
    if (before != 1) omp_set_num_threads(1);
  }
  ~OneThread() {
    if (before != 1) omp_set_num_threads(before);
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;
  int before = omp_get_max_threads();
};

}  // namespace pfm
