#include "bandwidth.h"

#include <benchmark/benchmark.h>
#include <pfm/kernels/growing.h>
#include <pfm/kernels/vector.h>

#include <algorithm>
#include <bit>
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

// One number at a random place in huge pages, 64 reads in flight: what samplers can reach at best on columns of that
// size (R-MAT of scale 20: 128 MiB, 22: 512 MiB).
static void read_at_random(benchmark::State& state) {
  constexpr std::size_t in_flight = 64;
  const std::size_t places = std::size_t(state.range(0)) << 18;
  const int shift = std::countl_zero(std::uint32_t(places - 1));
  Growing<std::uint32_t> memory;
  memory.grow_to(places);
  for (std::size_t i = 0; i < places; ++i) memory.data()[i] = std::uint32_t(i * 0x9E3779B9u);
  std::uint32_t at[in_flight], turn = 0;
  for (std::size_t i = 0; i < in_flight; ++i) at[i] = std::uint32_t(i) * 0x9E3779B9u;
  for (auto _ : state)
    for (int round = 0; round < 1000; ++round)
      for (std::uint32_t& a : at) {  // what is read decides where the same one reads next
        const std::uint32_t found = memory.data()[a >> shift];
        a = (a ^ found ^ ++turn) * 0x85EBCA6Bu;  // the turn keeps it out of short cycles
        __builtin_prefetch(memory.data() + (a >> shift));
      }
  benchmark::DoNotOptimize(at);
  state.counters["Mreads/s"] = benchmark::Counter(in_flight * 1e-3, benchmark::Counter::kIsIterationInvariantRate);
}

void register_bandwidth() {
  benchmark::RegisterBenchmark("memory/read", read)->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("memory/random-read", read_at_random)
      ->ArgName("MiB")
      ->Arg(128)
      ->Arg(512)
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace pfm
