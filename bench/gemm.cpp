// Dense products: ours, and oneDNN called directly.
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/random.h>

#include "benchmarks.h"
#include "counters.h"
#ifndef PFM_DOUBLE
#include <dnnl.h>
#include <omp.h>
#endif

#include <string>

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
    {2708, 1433, 512, no, no}, {65536, 64, 64, no, no},  {512, 3072, 768, no, no}, {2708, 512, 512, no, yes},
    {512, 2708, 512, yes, no}, {64, 65536, 64, yes, no}, {2708, 512, 1, no, no},   {1, 512, 2708, no, yes},
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
  omp_set_num_threads(1);
  measure(state, s, [&](const Matrix& a, const Matrix& b, Matrix& c) {
    dnnl_sgemm(s.a == yes ? 'T' : 'N', s.b == yes ? 'T' : 'N', s.m, s.n, s.k, 1, a.data(), a.cols(), b.data(), b.cols(),
               0, c.data(), s.n);
  });
}
#endif

}  // namespace

void register_gemm() {
  for (const Case& s : cases) {
    benchmark::RegisterBenchmark(("gemm/" + s.name()).c_str(), ours, s)->Unit(benchmark::kMicrosecond);
#ifndef PFM_DOUBLE
    benchmark::RegisterBenchmark(("gemm/" + s.name() + "/onednn").c_str(), onednn, s)->Unit(benchmark::kMicrosecond);
#endif
  }
}

}  // namespace pfm
