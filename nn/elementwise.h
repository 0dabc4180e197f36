// How operations on single entries are made: a value and derivatives, each a plain function of numbers.
#pragma once
#include <pfm/kernels/parallel.h>
#include <pfm/nn/tape.h>

namespace pfm {

constexpr Offset entries_per_block = 16384;

// body(i) for every entry i of `size`, in fixed blocks.
template <class Body>
void each_entry(Offset size, Body body) {
  parallel_for(size, entries_per_block, [&](Offset begin, Offset end) {
    const Body own = body;  // what it holds then stays in registers: no store can change it
    for (Offset i = begin; i < end; ++i) own(i);
  });
}

// y = value(x), dx = slope(x, y) dy.  [n, k] -> [n, k]
template <class Value, class Slope>
Var elementwise(const Var& a, Value value, Slope slope) {
  Matrix out(a.rows(), a.cols());
  each_entry(out.size(), [x = a.value().data(), y = out.data(), value](Offset i) { y[i] = value(x[i]); });
  return Var::record(std::move(out), {a}, [a, slope](const Matrix& result, Matrix& grad) {
    each_entry(grad.size(), [x = a.value().data(), y = result.data(), g = grad.data(), slope](Offset i) {
      g[i] *= slope(x[i], y[i]);
    });
    a.accumulate(std::move(grad));
  });
}

// z = value(x, y), dx = slope_x(x, y) dz, dy = slope_y(x, y) dz.  [n, k] [n, k] -> [n, k]
template <class Value, class SlopeX, class SlopeY>
Var elementwise(const Var& a, const Var& b, Value value, SlopeX slope_x, SlopeY slope_y) {
  expect(a.value().same_shape(b.value()), "an operation on entries: equal shapes");
  Matrix out(a.rows(), a.cols());
  each_entry(out.size(), [x = a.value().data(), y = b.value().data(), z = out.data(), value](Offset i) {
    z[i] = value(x[i], y[i]);
  });
  return Var::record(std::move(out), {a, b}, [a, b, slope_x, slope_y](Matrix& grad) {
    const Real *x = a.value().data(), *y = b.value().data();
    if (a.wants_gradient()) {
      Matrix dx(grad.rows(), grad.cols());
      each_entry(grad.size(), [=, g = grad.data(), d = dx.data()](Offset i) { d[i] = slope_x(x[i], y[i]) * g[i]; });
      a.accumulate(std::move(dx));
    }
    if (!b.wants_gradient()) return;
    each_entry(grad.size(), [=, g = grad.data()](Offset i) { g[i] *= slope_y(x[i], y[i]); });
    b.accumulate(std::move(grad));
  });
}

}  // namespace pfm
