// Sparse times dense: messages along edges, bag-of-words times weights. Bound by bytes, not by flops.
#pragma once
#include <pfm/kernels/matrix.h>

namespace pfm {

enum class Reduce { sum, mean, max };

// out[i] = reduce over entries (i, j) of a(i, j) x[j].  a [n, m], x [m, d], out [n, d]. Mean divides by the number of
// entries; a row without entries gives zeros. `arg_max` (max only): [n, d], the entry of `a` that won, -1 for none.
void spmm(const CsrView& a, const Matrix& x, Matrix& out, Reduce reduce = Reduce::sum, std::span<Offset> arg_max = {});

// out[i] = start + sum over entries (i, j) of a(i, j) x[j], as above.  start [1, d]
void spmm_from(const Matrix& start, const CsrView& a, const Matrix& x, Matrix& out);

// out[i] = own x[i] + sum over entries (i, j) of a(i, j) x[j], as above; rows i behind x's end have no such term. Its
// gradient is the same along the transpose.
void spmm_with_own(Real own, const CsrView& a, const Matrix& x, Matrix& out);

// values[e] = x[i] . y[j] for every entry e = (i, j) of a: the gradient of spmm's values. x [n, d], y [m, d].
void sddmm(const CsrView& a, const Matrix& x, const Matrix& y, std::span<Real> values);

// Rows [begin, end) of each block hold about `entries` entries: body(begin, end), balanced and independent of threads.
void parallel_rows(const CsrView& a, Offset entries, void* state, void (*body)(void* state, Offset begin, Offset end));

template <class Body>
void parallel_rows(const CsrView& a, Offset entries, Body body) {
  parallel_rows(a, entries, &body,
                [](void* state, Offset begin, Offset end) { (*static_cast<Body*>(state))(begin, end); });
}

}  // namespace pfm
