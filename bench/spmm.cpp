// Sparse times dense on graphs of three kinds. Operations are counted as 2 nnz d with and without weights; bytes are
// those of every gathered row, the entries and the result.
#include <pfm/kernels/spmm.h>

#include <string>

#include "benchmarks.h"
#include "counters.h"
#include "graphs.h"

namespace pfm {
namespace {

struct Kind {
  const char* name;
  const Sparse& (*matrix)();
};
const Kind kinds[] = {{"cora", cora_adjacency}, {"cora-features", cora_features}, {"rmat18", rmat18}};

Sparse weighted(const Sparse& a) { return a.with_values(std::vector<Real>(std::size_t(a.nonzeros()), Real(0.1))); }

double gathered_bytes(const CsrView& a, Offset d) {
  const double entry = sizeof(NodeId) + (a.values.empty() ? 0 : sizeof(Real)) + double(sizeof(Real)) * double(d);
  return double(a.nonzeros()) * entry + double(a.rows) * double(sizeof(Offset));
}

void reduce_rows(benchmark::State& state, const Kind& kind, Offset d, bool weights, Reduce reduce) {
  const Sparse a = weights ? weighted(kind.matrix()) : kind.matrix().without_values();
  const Matrix x = Matrix::filled(a.cols(), d, 1);
  std::vector<Offset> winners(reduce == Reduce::max ? std::size_t(a.rows() * d) : 0);
  auto run = [&] {
    Matrix out(a.rows(), d);
    spmm(a.view(), x, out, reduce, winners);
    benchmark::DoNotOptimize(out.data());
  };
  run();  // pages come in once
  for (auto _ : state) run();
  state_work(state, 2.0 * double(a.nonzeros() * d),
             gathered_bytes(a.view(), d) + double(sizeof(Real)) * double(a.rows() * d));
}

void gradient_of_values(benchmark::State& state, const Kind& kind, Offset d) {
  const Sparse a = kind.matrix().without_values();
  const Matrix x = Matrix::filled(a.rows(), d, 1), y = Matrix::filled(a.cols(), d, 1);
  std::vector<Real> values(std::size_t(a.nonzeros()));
  for (auto _ : state) {
    sddmm(a.view(), x, y, values);
    benchmark::ClobberMemory();
  }
  state_work(state, 2.0 * double(a.nonzeros() * d),
             gathered_bytes(a.view(), d) + double(sizeof(Real)) * double(a.rows() * d + a.nonzeros()));
}

}  // namespace

void register_spmm() {
  for (const Kind& kind : kinds)
    for (Offset d : {16, 128, 512}) {
      const std::string name = std::string(kind.name) + "/" + std::to_string(d);
      auto add = [&](const std::string& full, auto run, auto... more) {
        benchmark::RegisterBenchmark(full.c_str(), run, kind, d, more...)->Unit(benchmark::kMicrosecond);
      };
      add("spmm/" + name, reduce_rows, false, Reduce::sum);
      add("spmm-weighted/" + name, reduce_rows, true, Reduce::sum);
      add("spmm-mean/" + name, reduce_rows, false, Reduce::mean);
      add("spmm-max/" + name, reduce_rows, false, Reduce::max);
      add("sddmm/" + name, gradient_of_values);
    }
}

}  // namespace pfm
