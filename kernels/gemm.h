// Dense products: oneDNN for float, Eigen for double. The only seam to either.
#pragma once
#include <pfm/kernels/matrix.h>

namespace pfm {

enum class Transpose : bool { no, yes };
enum class Activation { none, relu, gelu, gelu_tanh };

// What is done to each finished row block while it is still in cache: c = act(c + bias).
struct Epilogue {
  const Matrix* bias = nullptr;  // [1, n]
  Activation activation = Activation::none;
  Matrix* slope = nullptr;  // [m, n], written: act'(c + bias) of a gelu
};

// Of the rows begin .. end of c, on the calling thread.
void finish(const Epilogue& epilogue, Matrix& c, Offset begin, Offset end);

// c = epilogue(alpha op(a) op(b) + beta c), op(a) [m, k], op(b) [k, n], c [m, n]. With beta = 0 c is only written.
// When a is transposed k counts rows, and is summed in blocks of row_block in a fixed tree. A transposed b is turned
// for 512 rows and more: sums over more than 384 terms may round otherwise there than for fewer rows.
void gemm(Transpose transpose_a, Transpose transpose_b, Real alpha, const Matrix& a, const Matrix& b, Real beta,
          Matrix& c, const Epilogue& epilogue = {});

// The same without epilogue for blocks within larger matrices, on the calling thread: lda, ldb, ldc numbers lie between
// the starts of neighbouring rows as they are stored.
void gemm_tile(Transpose transpose_a, Transpose transpose_b, Offset m, Offset n, Offset k, Real alpha, const Real* a,
               Offset lda, const Real* b, Offset ldb, Real beta, Real* c, Offset ldc);

Matrix multiply(const Matrix& a, const Matrix& b);             // [m, k] [k, n] -> [m, n]
Matrix multiply_transposed(const Matrix& a, const Matrix& b);  // a b^T: [m, k] [n, k] -> [m, n]
Matrix transposed_multiply(const Matrix& a, const Matrix& b);  // a^T b: [k, m] [k, n] -> [m, n]

}  // namespace pfm
