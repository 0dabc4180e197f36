#include <pfm/kernels/gemm.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/elementwise.h>
#include <pfm/nn/products.h>

namespace pfm {

// The gradients of both factors side by side: of narrow factors one thread each is all there is to share.
template <class OfA, class OfB>
static void accumulate_both(const Var& a, OfA of_a, const Var& b, OfB of_b) {
  Matrix to_a, to_b;
  parallel_pair(
      [&] {
        if (a.wants_gradient()) to_a = of_a();
      },
      [&] {
        if (b.wants_gradient()) to_b = of_b();
      });
  if (a.wants_gradient()) a.accumulate(std::move(to_a));
  if (b.wants_gradient()) b.accumulate(std::move(to_b));
}

Var multiply(const Var& a, const Var& b) {
  return Var::record(multiply(a.value(), b.value()), {a, b}, [a, b](const Matrix& grad) {
    accumulate_both(
        a, [&] { return multiply_transposed(grad, b.value()); }, b,
        [&] { return transposed_multiply(a.value(), grad); });
  });
}

Var multiply_transposed(const Var& a, const Var& b) {
  return Var::record(multiply_transposed(a.value(), b.value()), {a, b}, [a, b](const Matrix& grad) {
    accumulate_both(
        a, [&] { return multiply(grad, b.value()); }, b, [&] { return transposed_multiply(grad, a.value()); });
  });
}

Var transposed_multiply(const Var& a, const Var& b) {
  return Var::record(transposed_multiply(a.value(), b.value()), {a, b}, [a, b](const Matrix& grad) {
    accumulate_both(
        a, [&] { return multiply_transposed(b.value(), grad); }, b, [&] { return multiply(a.value(), grad); });
  });
}

Var row_dots(const Var& a, const Var& b) {
  return Var::record(row_dots(a.value(), b.value()), {a, b}, [a, b](const Matrix& grad) {
    const auto scaled = [&](const Matrix& other) {
      Matrix d(other.rows(), other.cols());
      parallel_for(d.rows(), rows_per_block(d.cols()), [&](Offset begin, Offset end) {
        for (Offset i = begin; i < end; ++i)
          for (Offset j = 0; j < d.cols(); ++j) d(i, j) = grad(i, 0) * other(i, j);
      });
      return d;
    };
    if (a.wants_gradient()) a.accumulate(scaled(b.value()));
    if (b.wants_gradient()) b.accumulate(scaled(a.value()));
  });
}

}  // namespace pfm
