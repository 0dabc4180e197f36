#include <pfm/kernels/gemm.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/elementwise.h>
#include <pfm/nn/products.h>

namespace pfm {

Var multiply(const Var& a, const Var& b) {
  return Var::record(multiply(a.value(), b.value()), {a, b}, [a, b](const Matrix& grad) {
    if (a.wants_gradient()) a.accumulate(multiply_transposed(grad, b.value()));
    if (b.wants_gradient()) b.accumulate(transposed_multiply(a.value(), grad));
  });
}

Var multiply_transposed(const Var& a, const Var& b) {
  return Var::record(multiply_transposed(a.value(), b.value()), {a, b}, [a, b](const Matrix& grad) {
    if (a.wants_gradient()) a.accumulate(multiply(grad, b.value()));
    if (b.wants_gradient()) b.accumulate(transposed_multiply(grad, a.value()));
  });
}

Var transposed_multiply(const Var& a, const Var& b) {
  return Var::record(transposed_multiply(a.value(), b.value()), {a, b}, [a, b](const Matrix& grad) {
    if (a.wants_gradient()) a.accumulate(multiply_transposed(b.value(), grad));
    if (b.wants_gradient()) b.accumulate(multiply(a.value(), grad));
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
