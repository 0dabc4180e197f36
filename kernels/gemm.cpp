#include <pfm/kernels/gelu.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/tile_product.h>

#ifdef PFM_DOUBLE
#include <pfm/kernels/eigen.h>
#else
#include <pfm/kernels/onednn.h>
#endif

namespace pfm {

#ifdef PFM_DOUBLE
void gemm_tile(Transpose ta, Transpose tb, Offset m, Offset n, Offset k, Real alpha, const Real* a, Offset lda,
               const Real* b, Offset ldb, Real beta, Real* c, Offset ldc) {
  using Stored = Eigen::Map<const EigenMatrix, 0, Eigen::OuterStride<>>;
  Eigen::Map<EigenMatrix, 0, Eigen::OuterStride<>> result(c, m, n, Eigen::OuterStride<>(ldc));
  const bool at = ta == Transpose::yes, bt = tb == Transpose::yes;
  const Stored left(a, at ? k : m, at ? m : k, Eigen::OuterStride<>(lda));
  const Stored right(b, bt ? n : k, bt ? k : n, Eigen::OuterStride<>(ldb));
  if (beta == 0)
    result.setZero();
  else if (beta != 1)
    result *= beta;
  if (!at && !bt) result.noalias() += alpha * (left * right);
  if (!at && bt) result.noalias() += alpha * (left * right.transpose());
  if (at && !bt) result.noalias() += alpha * (left.transpose() * right);
  if (at && bt) result.noalias() += alpha * (left.transpose() * right.transpose());
}
#else
void gemm_tile(Transpose ta, Transpose tb, Offset m, Offset n, Offset k, Real alpha, const Real* a, Offset lda,
               const Real* b, Offset ldb, Real beta, Real* c, Offset ldc) {
  if (k == 0) {  // which oneDNN refuses
    for (Offset i = 0; i < m; ++i)
      for (Offset j = 0; j < n; ++j) c[i * ldc + j] = beta == 0 ? 0 : beta * c[i * ldc + j];
    return;
  }
  const OneThread alone;
  const auto status = dnnl_sgemm(ta == Transpose::yes ? 'T' : 'N', tb == Transpose::yes ? 'T' : 'N', m, n, k, alpha, a,
                                 lda, b, ldb, beta, c, ldc);
  expect(status == dnnl_success, "gemm: oneDNN refused the product");
}
#endif

template <class Function>
static void each(Real* c, Offset n, Function function) {
  for (Offset j = 0; j < n; ++j) c[j] = function(c[j]);
}

template <class Function>
static void each(Real* __restrict c, Real* __restrict slopes, Offset n, Function function) {
  for (Offset j = 0; j < n; ++j) {
    const WithSlope<Real> both = function(c[j]);
    c[j] = both.value, slopes[j] = both.slope;
  }
}

static void activate(Activation activation, Real* c, Offset n) {
  if (activation == Activation::relu) each(c, n, [](Real x) { return x > 0 ? x : 0; });
  if (activation == Activation::gelu) each(c, n, [](Real x) { return gelu_of(x); });
  if (activation == Activation::gelu_tanh) each(c, n, [](Real x) { return gelu_tanh_of(x); });
}

static void activate(Activation activation, Real* c, Real* slopes, Offset n) {
  if (activation == Activation::gelu) each(c, slopes, n, [](Real x) { return gelu_with_slope(x); });
  if (activation == Activation::gelu_tanh) each(c, slopes, n, [](Real x) { return gelu_tanh_with_slope(x); });
}

void finish(const Epilogue& epilogue, Matrix& c, Offset begin, Offset end) {
  if (!epilogue.bias && epilogue.activation == Activation::none) return;
  const Real* bias = epilogue.bias ? epilogue.bias->data() : nullptr;
  for (Offset i = begin; i < end; ++i) {
    Real* row = c.row(i).data();
    if (bias)
      for (Offset j = 0; j < c.cols(); ++j) row[j] += bias[j];
    if (epilogue.slope)
      activate(epilogue.activation, row, epilogue.slope->row(i).data(), c.cols());
    else
      activate(epilogue.activation, row, c.cols());
  }
}

namespace {

// Eight blocks or more, so that threads share the work evenly, but no smaller than what pays for packing b again, nor
// than what pays for a call.
Offset rows_a_task(Offset m, Offset n, Offset k) {
  const Offset even = std::clamp<Offset>((m + 127) / 128 * 16, 128, 512);
  return std::max(even, (Offset{1} << 19) / std::max<Offset>(1, n * k));
}

// A factor of a product. Rows that start a multiple of 2 KB apart fall into few sets of the first-level cache, and
// where the sum goes from row to row oneDNN's loops without AVX-512 take up to twice as long (docs/performance.md): for
// them such a factor is copied with rows that lie 64 bytes further apart. The sums are the same, in the same order.
struct Factor {
  // Summed over are the rows begin .. end of x, or its columns of these numbers; each entry is used `times` times.
  Factor(const Matrix& x, bool over_rows, Offset begin, Offset end, Offset times)
      : data(x.data() + (over_rows ? begin * x.cols() : begin)), stride(x.cols()) {
    constexpr Offset bad = 2048 / sizeof(Real), more = 64 / sizeof(Real), few = 64;
    static const bool narrow_loops = !__builtin_cpu_supports("avx512f");
    const Offset rows = end - begin, cols = x.cols();
    if (!narrow_loops || !over_rows || cols % bad != 0 || rows < few || times < few) return;
    apart = Matrix(rows, cols + more);
    parallel_for(rows, rows_per_block(cols), [&](Offset first, Offset last) {
      for (Offset i = first; i < last; ++i) std::copy_n(data + i * cols, cols, apart.data() + i * (cols + more));
    });
    data = apart.data(), stride = cols + more;
  }
  // b^T of b [n, k]: a product with rows as they lie is up to a tenth faster, which pays where they are used often.
  static bool worth_turning(Offset n, Offset k, Offset times) { return times >= 512 && n * k <= Offset{1} << 20; }
  static Factor turned(const Matrix& b) {
    Factor result;
    const Offset n = b.rows(), k = b.cols();
    result.stride = whole_vectors(n) + 64 / sizeof(Real);
    result.apart = Matrix(k, result.stride);
    parallel_for(n, row_tile, [&](Offset begin, Offset end) {
      transpose_tile(end - begin, k, b.row(begin).data(), k, result.apart.data() + begin, result.stride);
    });
    result.data = result.apart.data();
    return result;
  }

  const Real* data = nullptr;
  Offset stride = 0;

 private:
  Factor() = default;
  static constexpr Offset row_tile = 64;  // whole vectors
  Matrix apart;
};

// a^T b with many rows: partial products of row blocks, added in a fixed tree.
Matrix sum_of_row_blocks(Transpose tb, Real alpha, const Matrix& a, const Matrix& b, Offset m, Offset n, Offset k) {
  return tree_sum(
      k, row_block,
      [&](Offset begin, Offset end) {
        const Factor left(a, true, begin, end, n), right(b, tb == Transpose::no, begin, end, m);
        Matrix part(m, n);
        gemm_tile(Transpose::yes, tb, m, n, end - begin, alpha, left.data, left.stride, right.data, right.stride, 0,
                  part.data(), n);
        return part;
      },
      [](Matrix& left, const Matrix& right) {
        for (Offset i = 0; i < left.size(); ++i) left.data()[i] += right.data()[i];
      });
}

}  // namespace

void gemm(Transpose ta, Transpose tb, Real alpha, const Matrix& a, const Matrix& b, Real beta, Matrix& c,
          const Epilogue& epilogue) {
  const bool at = ta == Transpose::yes, bt = tb == Transpose::yes;
  const Offset m = at ? a.cols() : a.rows(), k = at ? a.rows() : a.cols(), n = bt ? b.rows() : b.cols();
  expect((bt ? b.cols() : b.rows()) == k, "gemm: inner sizes agree");
  expect(c.rows() == m && c.cols() == n, "gemm: the result is [m, n]");
  expect(!epilogue.bias || epilogue.bias->size() == n, "gemm: bias is [1, n]");
  expect(!epilogue.slope || (epilogue.slope->same_shape(c) && epilogue.activation >= Activation::gelu),
         "gemm: slopes [m, n] of a gelu");
  if (m == 0 || n == 0) return;
  if (at && k > row_block) {
    const Matrix sum = sum_of_row_blocks(tb, alpha, a, b, m, n, k);
    parallel_for(m, rows_per_block(n), [&](Offset begin, Offset end) {
      for (Offset i = begin * n; i < end * n; ++i) c.data()[i] = sum.data()[i] + (beta == 0 ? 0 : beta * c.data()[i]);
      finish(epilogue, c, begin, end);
    });
    return;
  }
  const bool turn = bt && !at && Factor::worth_turning(n, k, m);
  const Transpose of_right = turn ? Transpose::no : tb;
  const Factor left(a, at, 0, k, n), right = turn ? Factor::turned(b) : Factor(b, !bt, 0, k, m);
  parallel_for(m, rows_a_task(m, n, k), [&](Offset begin, Offset end) {
    gemm_tile(ta, of_right, end - begin, n, k, alpha, left.data + (at ? begin : begin * left.stride), left.stride,
              right.data, right.stride, beta, c.data() + begin * n, n);
    finish(epilogue, c, begin, end);
  });
}

Matrix multiply(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows(), b.cols());
  gemm(Transpose::no, Transpose::no, 1, a, b, 0, c);
  return c;
}

Matrix multiply_transposed(const Matrix& a, const Matrix& b) {
  Matrix c(a.rows(), b.rows());
  gemm(Transpose::no, Transpose::yes, 1, a, b, 0, c);
  return c;
}

Matrix transposed_multiply(const Matrix& a, const Matrix& b) {
  Matrix c(a.cols(), b.cols());
  gemm(Transpose::yes, Transpose::no, 1, a, b, 0, c);
  return c;
}

}  // namespace pfm
