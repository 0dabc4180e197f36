// Operations of the tape, forward and backward, from the table that the tests use; and one step of an optimiser.
#include <pfm/nn/ops.h>
#include <pfm/nn/optimiser.h>
#include <pfm/nn/reductions.h>
#include <pfm/tests/op_cases.h>

#include "benchmarks.h"
#include "counters.h"

namespace pfm {
namespace {

// Rows and columns of Cora under an encoder of width 512, 64 columns of the other operand. Bytes: every input, the
// result and their gradients once. Operations are counted where they are not one or two per byte: in products.
constexpr Sizes sizes{2708, 512, 64};

void run(benchmark::State& state, const OpCase& one) {
  std::vector<Var> inputs;
  double bytes = 0;
  for (Matrix& m : inputs_of(one, 1)) {
    bytes += 2 * double(sizeof(Real)) * double(m.size());
    inputs.emplace_back(std::move(m), true);
  }
  for (auto _ : state) {
    for (const Var& v : inputs) v.clear_grad();
    const Var out = one.op(inputs);
    if (state.iterations() == 0) bytes += 2 * double(sizeof(Real)) * double(out.value().size());
    backward(sum(out));
    benchmark::ClobberMemory();
  }
  state_work(state, 0, bytes);
}

void step(benchmark::State& state, const char* rule) {
  const Params p;
  const Var w = p.glorot("w", 1433, 512);
  w.accumulate(Matrix::filled(w.rows(), w.cols(), Real(0.01)));
  const Optimiser optimiser(rule);
  std::int64_t number = 0;
  for (auto _ : state) optimiser.step(p, 1e-4, number++);
  state_work(state, 0, 7 * double(sizeof(Real)) * double(w.value().size()));
}

}  // namespace

void register_ops() {
  for (const OpCase& one : op_cases(sizes))
    benchmark::RegisterBenchmark(("op/" + one.name).c_str(), [one](benchmark::State& state) {
      run(state, one);
    })->Unit(benchmark::kMicrosecond);
  for (const char* rule : {"sgd", "adam", "adamw", "lars", "lamb", "adagrad"})
    benchmark::RegisterBenchmark((std::string("optimiser/") + rule + "/1433x512").c_str(),
                                 [rule](benchmark::State& state) { step(state, rule); })
        ->Unit(benchmark::kMicrosecond);
}

}  // namespace pfm
