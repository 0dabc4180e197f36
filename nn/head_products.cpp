#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nn/head_products.h>

namespace pfm {
namespace {

constexpr Offset rows_together = 64;

// A block of rows of q: its dot products with r, [rows, m] of one head at a time.
struct HeadProducts {
  Offset m, heads, width;  // width: columns of a head

  void forward(const Matrix& q, const Matrix& r, Offset begin, Offset end, Matrix& out) const {
    Matrix dots(end - begin, m);
    for (Offset k = 0; k < heads; ++k) {
      gemm_tile(Transpose::no, Transpose::yes, end - begin, m, width, 1, q.data() + begin * q.cols() + k * width,
                q.cols(), r.data() + k * width, r.cols(), 0, dots.data(), m);
      for (Offset i = 0; i < dots.size(); ++i) out(begin * m + i, k) = dots.data()[i];
    }
  }
  Matrix of_head(const Matrix& grad, Offset begin, Offset end, Offset k) const {
    Matrix g(end - begin, m);
    for (Offset i = 0; i < g.size(); ++i) g.data()[i] = grad(begin * m + i, k);
    return g;
  }
  void to_q(const Matrix& grad, const Matrix& r, Offset begin, Offset end, Matrix& d) const {
    for (Offset k = 0; k < heads; ++k)
      gemm_tile(Transpose::no, Transpose::no, end - begin, width, m, 1, of_head(grad, begin, end, k).data(), m,
                r.data() + k * width, r.cols(), 0, d.data() + begin * d.cols() + k * width, d.cols());
  }
  Matrix to_r(const Matrix& grad, const Matrix& q, Offset begin, Offset end) const {
    Matrix d(m, q.cols());
    for (Offset k = 0; k < heads; ++k)
      gemm_tile(Transpose::yes, Transpose::no, m, width, end - begin, 1, of_head(grad, begin, end, k).data(), m,
                q.data() + begin * q.cols() + k * width, q.cols(), 0, d.data() + k * width, d.cols());
    return d;
  }
};

}  // namespace

Var head_products(const Var& q, const Var& r, Offset heads) {
  expect(heads > 0 && q.cols() == r.cols() && q.cols() % heads == 0, "head_products: q [n, h d], r [m, h d]");
  const HeadProducts dots{r.rows(), heads, q.cols() / heads};
  Matrix out(q.rows() * r.rows(), heads);
  parallel_for(q.rows(), rows_together,
               [&](Offset begin, Offset end) { dots.forward(q.value(), r.value(), begin, end, out); });
  return Var::record(std::move(out), {q, r}, [=](const Matrix& grad) {
    if (q.wants_gradient()) {
      Matrix d(q.rows(), q.cols());
      parallel_for(q.rows(), rows_together,
                   [&](Offset begin, Offset end) { dots.to_q(grad, r.value(), begin, end, d); });
      q.accumulate(std::move(d));
    }
    if (!r.wants_gradient()) return;
    r.accumulate(tree_sum(
        q.rows(), rows_together, [&](Offset begin, Offset end) { return dots.to_r(grad, q.value(), begin, end); },
        [](Matrix& left, const Matrix& right) {
          for (Offset i = 0; i < left.size(); ++i) left.data()[i] += right.data()[i];
        }));
  });
}

}  // namespace pfm
