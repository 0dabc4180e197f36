#include <pfm/kernels/gemm.h>
#include <pfm/kernels/spmm.h>
#include <pfm/nn/graph_ops.h>

namespace pfm {

static Matrix product(const Sparse& a, const Matrix& x) {
  Matrix out(a.rows(), x.cols());
  spmm(a.view(), x, out);
  return out;
}

Var spmm(const Sparse& a, const Var& x) {
  return Var::record(product(a, x.value()), {x},
                     [a, x](const Matrix&, const Matrix& grad) { x.accumulate(product(a.transpose(), grad)); });
}

Var multiply(const Features& x, const Var& w) {
  return Var::record(multiply(x, w.value()), {w}, [x, w](const Matrix&, const Matrix& grad) {
    if (x.is_identity())
      w.accumulate(grad.clone());
    else if (x.is_dense())
      w.accumulate(transposed_multiply(x.dense(), grad));
    else
      w.accumulate(product(x.sparse().transpose(), grad));
  });
}

}  // namespace pfm
