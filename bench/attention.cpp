// Attention within segments; flops are those of the products: two forward, five back.
#include <pfm/kernels/attention.h>

#include <cmath>
#include <string>

#include "benchmarks.h"
#include "counters.h"

namespace pfm {
namespace {

struct Shape {
  Offset segments, rows, heads, width;  // rows of a segment, channels of a head
  bool causal;
  std::string name() const {
    return std::to_string(segments) + "x" + std::to_string(rows) + "/" + std::to_string(heads) + "x" +
           std::to_string(width) + (causal ? "/causal" : "");
  }
  AttentionPlan plan() const {
    std::vector<Offset> offsets;
    for (Offset g = 0; g <= segments; ++g) offsets.push_back(g * rows);
    AttentionPlan all = within(offsets);
    if (causal) all.mask = causal_mask(offsets, offsets);
    return all;
  }
  Matrix matrix(std::uint64_t seed) const {
    Matrix m(segments * rows, heads * width);
    for (Offset i = 0; i < m.size(); ++i) m.data()[i] = Real(Rng(seed).normal(std::uint64_t(i)));
    return m;
  }
  // Of the pairs that are seen.
  double flops(int products) const {
    const double pairs = causal ? double(rows * (rows + 1)) / 2 : double(rows * rows);
    return 2 * products * double(segments * heads * width) * pairs;
  }
  double bytes(int matrices) const { return double(matrices * segments * rows * heads * width) * double(sizeof(Real)); }
};

const Shape shapes[] = {
    {32, 128, 12, 64, false}, {8, 512, 12, 64, false}, {8, 512, 12, 64, true},
    {1, 4096, 4, 64, false},  {2048, 8, 2, 16, false}, {128, 30, 8, 16, false},
};

void forward(benchmark::State& state, const Shape& s) {
  const AttentionPlan plan = s.plan();
  const AttentionHeads heads{s.heads, 1 / std::sqrt(Real(s.width))};
  const Matrix q = s.matrix(1), k = s.matrix(2), v = s.matrix(3);
  for (auto _ : state) benchmark::DoNotOptimize(attend(plan, heads, q, k, v).out.data());
  state_work(state, s.flops(2), s.bytes(4));
}

void backward(benchmark::State& state, const Shape& s) {
  const AttentionPlan plan = s.plan();
  const AttentionHeads heads{s.heads, 1 / std::sqrt(Real(s.width))};
  const Matrix q = s.matrix(1), k = s.matrix(2), v = s.matrix(3), grad = s.matrix(4);
  const SegmentAttention result = attend(plan, heads, q, k, v);
  for (auto _ : state)
    benchmark::DoNotOptimize(
        attend_gradients(plan, heads, q, k, v, nullptr, false, result.out, result.log_sums, grad).q.data());
  state_work(state, s.flops(5), s.bytes(8));
}

}  // namespace

void register_attention() {
  for (const Shape& shape : shapes)
    for (const bool back : {false, true})
      benchmark::RegisterBenchmark((std::string(back ? "attention-gradient/" : "attention/") + shape.name()).c_str(),
                                   back ? backward : forward, shape)
          ->Unit(benchmark::kMicrosecond);
}

}  // namespace pfm
