#include "bandwidth.h"

#include <benchmark/benchmark.h>
#include <pfm/kernels/vector.h>

#include <algorithm>
#include <ctime>

#include "benchmarks.h"
#include "counters.h"

namespace pfm {
namespace {

constexpr Offset numbers = (Offset{256} << 20) / Offset{sizeof(Real)};

Real sum_of(const Matrix& m) {
  constexpr int chains = 8;
  WideLanes::Type sum[chains] = {};
  for (Offset i = 0; i + chains * WideLanes::count <= m.size(); i += chains * WideLanes::count)
    for (int c = 0; c < chains; ++c) sum[c] += at<WideLanes>(m.data() + i + c * WideLanes::count).v;
  for (int c = 1; c < chains; ++c) sum[0] += sum[c];
  return sum[0][0];
}

double best_of(int passes) {
  const Matrix memory = Matrix::filled(1, numbers, 1);
  double best = 0;
  for (int pass = 0; pass < passes; ++pass) {
    const std::clock_t start = std::clock();  // processor time: others may be at work
    benchmark::DoNotOptimize(sum_of(memory));
    const double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
    best = std::max(best, numbers * double(sizeof(Real)) / seconds);
  }
  return best;
}

}  // namespace

double read_bandwidth() {
  static const double measured = best_of(7);
  return measured;
}

static void read(benchmark::State& state) {
  const Matrix memory = Matrix::filled(1, numbers, 1);
  for (auto _ : state) benchmark::DoNotOptimize(sum_of(memory));
  state_work(state, double(numbers), double(numbers * Offset{sizeof(Real)}));
}
void register_bandwidth() { benchmark::RegisterBenchmark("memory/read", read)->Unit(benchmark::kMillisecond); }

}  // namespace pfm
