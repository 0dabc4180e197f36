// What every benchmark states: its operations and the bytes it has to touch.
#pragma once
#include <benchmark/benchmark.h>

#include "bandwidth.h"

namespace pfm {

// Per iteration. "read" is bytes per second as a share of the measured read bandwidth; above 1 where caches help.
inline void state_work(benchmark::State& state, double flops, double bytes) {
  using benchmark::Counter;
  state.counters["GFLOP/s"] = Counter(flops * 1e-9, Counter::kIsIterationInvariantRate);
  state.counters["GB/s"] = Counter(bytes * 1e-9, Counter::kIsIterationInvariantRate);
  state.counters["read"] = Counter(bytes / read_bandwidth(), Counter::kIsIterationInvariantRate);
}

}  // namespace pfm
