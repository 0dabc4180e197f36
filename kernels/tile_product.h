// Products of a few rows, as attention makes thousands of: for a call of gemm they are too small. On the calling
// thread; each entry is summed over k in order, so that its bits do not depend on how many rows and columns stand
// beside it.
#pragma once
#include <pfm/kernels/matrix.h>

namespace pfm {

// Entry (i, t) stands at data[i * row + t * column].
struct Strided {
  const Real* data;
  Offset row, column;
};

enum class Into : bool { empty, sum };

// c = alpha a b, or c += alpha a b: a [m, k], b [k, n] with rows ldb apart, c [m, n] with rows ldc apart.
void tile_product(Offset m, Offset n, Offset k, Real alpha, Strided a, const Real* b, Offset ldb, Into into, Real* c,
                  Offset ldc);

// n rounded up to whole vectors.
Offset whole_vectors(Offset n);

// to [k, whole_vectors(n)] with rows `stride` apart = b^T, b [n, k] with rows ldb apart; its last row again behind n.
void transpose_tile(Offset n, Offset k, const Real* b, Offset ldb, Real* to, Offset stride);

}  // namespace pfm
