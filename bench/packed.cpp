// Products of few rows with weights that come from memory, as in a network larger than the cache: stored as panels, and
// as they are.
#include <fmt/format.h>
#include <pfm/kernels/packed.h>
#include <pfm/kernels/random.h>

#include <string>
#include <vector>

#include "benchmarks.h"
#include "counters.h"

namespace pfm {
namespace {

struct Shape {
  Offset m, k, n;
};
constexpr Shape shapes[] = {{32, 384, 384},   {32, 384, 1536},  {32, 1536, 384},
                            {128, 384, 1536}, {128, 1536, 384}, {512, 384, 1536}};
constexpr std::size_t memory_bytes = std::size_t{64} << 20;

Matrix normals(Offset rows, Offset cols) {
  Matrix m(rows, cols);
  for (Offset i = 0; i < m.size(); ++i) m.data()[i] = Real(Rng(1).normal(std::uint64_t(i)));
  return m;
}

template <class Stored, class Product>  // product(a, stored weights)
void from_memory(benchmark::State& state, const Shape& s, Stored stored, Product product) {
  const Matrix a = normals(s.m, s.k), b = normals(s.k, s.n);
  std::vector<decltype(stored(b))> weights;
  for (std::size_t bytes = 0; bytes < memory_bytes; bytes += std::size_t(b.size()) * sizeof(Real))
    weights.push_back(stored(b));
  std::size_t next = 0;
  for (auto _ : state) benchmark::DoNotOptimize(product(a, weights[next++ % weights.size()]).data());
  state_work(state, 2.0 * double(s.m * s.k * s.n), double(sizeof(Real)) * double(a.size() + b.size() + s.m * s.n));
}

void panels(benchmark::State& state, const Shape& s) {
  from_memory(
      state, s, [](const Matrix& b) { return Packed(b, Precision::full); },
      [](const Matrix& a, const Packed& b) { return b.multiply(a); });
}

void as_they_are(benchmark::State& state, const Shape& s) {
  from_memory(
      state, s, [](const Matrix& b) { return b.clone(); },
      [](const Matrix& a, const Matrix& b) { return multiply(a, b); });
}

}  // namespace

void register_packed() {
  for (const Shape& s : shapes) {
    const std::string name = fmt::format("weights/{}x{}x{}", s.m, s.k, s.n);
    benchmark::RegisterBenchmark((name + "/panels").c_str(), panels, s)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark(name.c_str(), as_they_are, s)->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace pfm
