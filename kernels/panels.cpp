#include <pfm/kernels/panels.h>
#include <pfm/kernels/vector.h>

#include <algorithm>
#include <utility>

namespace pfm {
namespace {

using Vector = WideLanes::Type;
constexpr Offset width = 2 * WideLanes::count;

// Two sums a row, two pieces of the panel and one number of a: 15 registers of 16, 31 of 32.
constexpr Offset rows_a_tile = (vector_registers - 4) / 2;

// Walks over the next panel while tiles of this one are computed, each line of memory once.
struct Ahead {
  const Real* line;
  Offset step;
  void fetch() { __builtin_prefetch(line), line += step; }
};

template <Offset rows>
inline void sum_tile(const Real* a, const Real* panel, Offset k, Vector (&sums)[rows][2], Ahead& ahead) {
  for (Offset i = 0; i < rows; ++i) sums[i][0] = sums[i][1] = Vector{};
  for (Offset t = 0; t < k; ++t, panel += width) {
    ahead.fetch();
    const Vector left = at<WideLanes>(panel).v, right = at<WideLanes>(panel + WideLanes::count).v;
#pragma GCC unroll 16
    for (Offset i = 0; i < rows; ++i) {
      const Vector x = a[i * k + t] - Vector{};
      sums[i][0] += x * left, sums[i][1] += x * right;
    }
  }
}

// Columns [0, columns) of `rows` rows of c [rows, n].
template <Offset rows>
void tile(const Real* a, const Real* panel, Offset k, Real* c, Offset n, Offset columns, Ahead& ahead) {
  for (Offset i = 0; i < rows; ++i)  // the lines that are written are there when the sums are
    for (Offset j = 0; j < columns; j += 64 / sizeof(Real)) __builtin_prefetch(c + i * n + j, 1);
  Vector sums[rows][2];
  sum_tile<rows>(a, panel, k, sums, ahead);
  for (Offset i = 0; i < rows; ++i, c += n)
    if (columns == width)
      at<WideLanes>(c).v = sums[i][0], at<WideLanes>(c + WideLanes::count).v = sums[i][1];
    else
      for (Offset j = 0; j < columns; ++j) c[j] = sums[i][j / WideLanes::count][j % WideLanes::count];
}

// tile<rows>, rows known at run time.
template <Offset... less>
void short_tile(std::integer_sequence<Offset, less...>, Offset rows, const Real* a, const Real* panel, Offset k,
                Real* c, Offset n, Offset columns, Ahead& ahead) {
  ((rows == less + 1 ? tile<less + 1>(a, panel, k, c, n, columns, ahead) : void()), ...);
}

}  // namespace

Panels::Panels(const Matrix& b)
    : k_(b.rows()), n_(b.cols()), panels_(Matrix::zeros((n_ + width - 1) / width, k_ * width)) {
  for (Offset t = 0; t < k_; ++t)
    for (Offset j = 0; j < n_; ++j) panels_(j / width, t * width + j % width) = b(t, j);
}

void Panels::multiply(const Real* a, Offset m, Real* c) const {
  const Offset tiles = (m + rows_a_tile - 1) / rows_a_tile;
  if (tiles == 0) return;
  for (Offset p = 0; p < panels_.rows(); ++p) {
    const Real* panel = panels_.row(p).data();
    Ahead ahead{panels_.row(std::min(p + 1, panels_.rows() - 1)).data(), (width + tiles - 1) / tiles};
    const Offset columns = std::min(width, n_ - p * width);
    for (Offset i = 0; i < m; i += rows_a_tile)
      short_tile(std::make_integer_sequence<Offset, rows_a_tile>(), std::min(rows_a_tile, m - i), a + i * k_, panel, k_,
                 c + i * n_ + p * width, n_, columns, ahead);
  }
}

}  // namespace pfm
