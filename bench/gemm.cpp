// Dense products: ours, oneDNN called directly, and ours with weights stored as panels.
#include <fmt/format.h>
#include <pfm/kernels/packed.h>
#include <pfm/kernels/random.h>

#include "benchmarks.h"
#include "counters.h"
#ifndef PFM_DOUBLE
#include <pfm/kernels/onednn.h>
#endif

#include <string>
#include <vector>

namespace pfm {
namespace {

struct Case {
  Offset m, k, n;
  Transpose a, b;
  std::string name() const {
    return std::to_string(m) + "x" + std::to_string(k) + "x" + std::to_string(n) + (a == Transpose::yes ? "/at" : "") +
           (b == Transpose::yes ? "/bt" : "");
  }
};

constexpr auto no = Transpose::no, yes = Transpose::yes;
const Case cases[] = {
    {2708, 1433, 512, no, no}, {65536, 64, 64, no, no},  {512, 3072, 768, no, no},   {2708, 512, 512, no, yes},
    {512, 2708, 512, yes, no}, {64, 65536, 64, yes, no}, {1024, 4096, 256, yes, no}, {4096, 256, 1024, no, no},
    {2708, 512, 1, no, no},    {1, 512, 2708, no, yes},
};

Matrix normal(Offset rows, Offset cols) {
  Matrix m(rows, cols);
  for (Offset i = 0; i < m.size(); ++i) m.data()[i] = Real(Rng(1).normal(std::uint64_t(i)));
  return m;
}

template <class Product>  // product(a, b, c)
void measure(benchmark::State& state, const Case& s, Product product) {
  const Matrix a = s.a == yes ? normal(s.k, s.m) : normal(s.m, s.k);
  const Matrix b = s.b == yes ? normal(s.n, s.k) : normal(s.k, s.n);
  Matrix c(s.m, s.n);
  product(a, b, c);  // pages and code come in once
  for (auto _ : state) {
    product(a, b, c);
    benchmark::ClobberMemory();
  }
  state_work(state, 2.0 * double(s.m * s.k * s.n), double(sizeof(Real)) * double(a.size() + b.size() + c.size()));
}

void ours(benchmark::State& state, const Case& s) {
  measure(state, s, [&](const Matrix& a, const Matrix& b, Matrix& c) { gemm(s.a, s.b, 1, a, b, 0, c); });
}

#ifndef PFM_DOUBLE
void onednn(benchmark::State& state, const Case& s) {
  const OneThread alone;
  measure(state, s, [&](const Matrix& a, const Matrix& b, Matrix& c) {
    dnnl_sgemm(s.a == yes ? 'T' : 'N', s.b == yes ? 'T' : 'N', s.m, s.n, s.k, 1, a.data(), a.cols(), b.data(), b.cols(),
               0, c.data(), s.n);
  });
}
#endif

// Products of few rows with weights that come from memory, as in a network larger than the cache.
struct Shape {
  Offset m, k, n;
};
constexpr Shape shapes[] = {{32, 384, 384},   {32, 384, 1536},  {32, 1536, 384},
                            {128, 384, 1536}, {128, 1536, 384}, {512, 384, 1536}};
constexpr std::size_t memory_bytes = std::size_t{64} << 20;

template <class Stored, class Product>  // product(a, stored weights)
void from_memory(benchmark::State& state, const Shape& s, Stored stored, Product product) {
  const Matrix a = normal(s.m, s.k), b = normal(s.k, s.n);
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

void register_gemm() {
  for (const Case& s : cases) {
    benchmark::RegisterBenchmark(("gemm/" + s.name()).c_str(), ours, s)->Unit(benchmark::kMicrosecond);
#ifndef PFM_DOUBLE
    benchmark::RegisterBenchmark(("gemm/" + s.name() + "/onednn").c_str(), onednn, s)->Unit(benchmark::kMicrosecond);
#endif
  }
  for (const Shape& s : shapes) {
    const std::string name = fmt::format("weights/{}x{}x{}", s.m, s.k, s.n);
    benchmark::RegisterBenchmark((name + "/panels").c_str(), panels, s)->Unit(benchmark::kMicrosecond);
    benchmark::RegisterBenchmark(name.c_str(), as_they_are, s)->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace pfm
