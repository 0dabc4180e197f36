#include <pfm/kernels/tile_product.h>
#include <pfm/kernels/vector.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace pfm {
namespace {

using Wide = WideLanes;
using Vector = Wide::Type;

// Sums of a tile, pieces of a row of b and one number of a: 15 registers of 16, 29 of 32.
constexpr Offset rows_a_tile = 6, most_pieces = vector_registers == 32 ? 4 : 2;

struct Product {
  Offset k;
  Real alpha;
  Strided a;
  Offset ldb;
  Into into;
  Offset ldc;
};

// A vector of so many numbers, zero behind them.
inline Vector first_of(const Real* from, Offset count) {
  Vector v{};
  for (Offset l = 0; l < count; ++l) v[l] = from[l];
  return v;
}

inline void put(const Product& p, const Vector& sums, Real* c, Offset count) {
  const Vector sum = p.alpha * sums;
  if (count == Wide::count) {
    at<Wide>(c).v = p.into == Into::sum ? at<Wide>(c).v + sum : sum;
    return;
  }
  const Vector all = p.into == Into::sum ? first_of(c, count) + sum : sum;
  for (Offset l = 0; l < count; ++l) c[l] = all[l];
}

// c [rows, pieces vectors], a from its row i on; of the last vector `count` columns.
template <Offset rows, Offset pieces>
void tile(const Product& p, Offset i, const Real* b, Real* c, Offset count) {
  Vector sums[rows][pieces];
  for (Offset r = 0; r < rows; ++r)
    for (Offset j = 0; j < pieces; ++j) sums[r][j] = Vector{};
  const Real* a = p.a.data + i * p.a.row;
  for (Offset t = 0; t < p.k; ++t, a += p.a.column, b += p.ldb) {
    Vector right[pieces];
#pragma GCC unroll 4
    for (Offset j = 0; j < pieces; ++j) right[j] = at<Wide>(b + j * Wide::count).v;
#pragma GCC unroll 6
    for (Offset r = 0; r < rows; ++r) {
      const Vector left = a[r * p.a.row] - Vector{};
#pragma GCC unroll 4
      for (Offset j = 0; j < pieces; ++j) sums[r][j] += left * right[j];
    }
  }
  for (Offset r = 0; r < rows; ++r, c += p.ldc)
    for (Offset j = 0; j < pieces; ++j) put(p, sums[r][j], c + j * Wide::count, j + 1 < pieces ? Wide::count : count);
}

template <Offset pieces, Offset... less>
void short_tile(std::integer_sequence<Offset, less...>, Offset rows, const Product& p, Offset i, const Real* b, Real* c,
                Offset count) {
  ((rows == less + 1 ? tile<less + 1, pieces>(p, i, b, c, count) : void()), ...);
}

// All rows of so many vectors of columns.
template <Offset pieces>
void column_block(const Product& p, Offset m, const Real* b, Real* c, Offset count = Wide::count) {
  for (Offset i = 0; i < m; i += rows_a_tile)
    short_tile<pieces>(std::make_integer_sequence<Offset, rows_a_tile>(), std::min(rows_a_tile, m - i), p, i, b,
                       c + i * p.ldc, count);
}

// As many columns as make whole blocks, from column j on, which moves behind them.
template <Offset pieces>
void columns(const Product& p, Offset m, Offset n, const Real* b, Real* c, Offset& j) {
  for (constexpr Offset step = pieces * Wide::count; j + step <= n; j += step) column_block<pieces>(p, m, b + j, c + j);
}

// The columns behind the last whole vector, with those of b in vectors of their own: sums of single numbers would be
// rounded otherwise, because compilers multiply several at once where they add one by one.
void last_columns(Product p, Offset m, Offset count, const Real* b, Real* c) {
  std::vector<Real> apart(std::size_t(p.k * Wide::count), Real(0));
  for (Offset t = 0; t < p.k; ++t) std::copy_n(b + t * p.ldb, count, apart.data() + t * Wide::count);
  p.ldb = Wide::count;
  column_block<1>(p, m, apart.data(), c, count);
}

// Every second number from a and from b in turn, of their first or their second halves.
template <bool second, Offset... i>
inline Vector zipped(std::integer_sequence<Offset, i...>, const Vector& a, const Vector& b) {
  return __builtin_shufflevector(a, b, (i % 2 * Wide::count + i / 2 + second * Wide::count / 2)...);
}

// Zipping the rows of the first half with those of the second turns one bit of the row into one of the column.
inline void transpose(Vector (&rows)[Wide::count]) {
  constexpr auto all = std::make_integer_sequence<Offset, Wide::count>();
#pragma GCC unroll 4
  for (Offset bits = 1; bits < Wide::count; bits *= 2) {
    Vector next[Wide::count];
#pragma GCC unroll 8
    for (Offset i = 0; i < Wide::count / 2; ++i) {
      next[2 * i] = zipped<false>(all, rows[i], rows[i + Wide::count / 2]);
      next[2 * i + 1] = zipped<true>(all, rows[i], rows[i + Wide::count / 2]);
    }
#pragma GCC unroll 16
    for (Offset i = 0; i < Wide::count; ++i) rows[i] = next[i];
  }
}

}  // namespace

void tile_product(Offset m, Offset n, Offset k, Real alpha, Strided a, const Real* b, Offset ldb, Into into, Real* c,
                  Offset ldc) {
  const Product p{k, alpha, a, ldb, into, ldc};
  Offset j = 0;
  columns<most_pieces>(p, m, n, b, c, j);
  if constexpr (most_pieces > 2) columns<2>(p, m, n, b, c, j);
  columns<1>(p, m, n, b, c, j);
  if (j < n) last_columns(p, m, n - j, b + j, c + j);
}

Offset whole_vectors(Offset n) { return (n + Wide::count - 1) / Wide::count * Wide::count; }

void transpose_tile(Offset n, Offset k, const Real* b, Offset ldb, Real* to, Offset stride) {
  for (Offset j = 0; j < n; j += Wide::count) {
    const auto row = [&](Offset i) { return b + std::min(j + i, n - 1) * ldb; };
    Offset t = 0;
    for (; t + Wide::count <= k; t += Wide::count) {
      Vector rows[Wide::count];
      for (Offset i = 0; i < Wide::count; ++i) rows[i] = at<Wide>(row(i) + t).v;
      transpose(rows);
      for (Offset i = 0; i < Wide::count; ++i) at<Wide>(to + (t + i) * stride + j).v = rows[i];
    }
    for (; t < k; ++t)
      for (Offset i = 0; i < Wide::count; ++i) to[t * stride + j + i] = row(i)[t];
  }
}

}  // namespace pfm
