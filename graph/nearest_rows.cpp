#include <pfm/graph/nearest_rows.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

constexpr Offset asked_block = 1024, known_block = 16384;

Features rows_of(const Features& x, Offset begin, Offset end) {
  std::vector<NodeId> ids(std::size_t(end - begin));
  std::iota(ids.begin(), ids.end(), NodeId(begin));
  return x.gather(ids);
}

// Products of rows, [m, d] [n, d] -> [m, n].
Matrix products(const Features& a, const Features& b) {
  if (a.is_dense() && b.is_dense()) return multiply_transposed(a.dense(), b.dense());
  return Features(multiply(a.as_sparse(), b.as_sparse().transpose())).as_dense();
}

// The best of a row so far and of `found`, whose columns count from `first` and all come later.
void merge(std::span<NodeId> columns, std::span<Real> values, Offset filled, std::span<const NodeId> found_columns,
           std::span<const Real> found, Offset first) {
  const std::vector<NodeId> old_columns(columns.begin(), columns.begin() + filled);
  const std::vector<Real> old(values.begin(), values.begin() + filled);
  for (std::size_t at = 0, i = 0, j = 0; at < columns.size() && (i < old.size() || j < found.size()); ++at) {
    if (j == found.size() || (i < old.size() && old[i] >= found[j]))
      columns[at] = old_columns[i], values[at] = old[i++];
    else
      columns[at] = NodeId(first + found_columns[j]), values[at] = found[j++];
  }
}

}  // namespace

TopK nearest_rows(const Features& known, const Features& asked, Offset count) {
  expect(0 <= count && count <= known.rows(), "nearest_rows: at most as many as there are rows");
  expect(known.cols() == asked.cols(), "nearest_rows: rows of one width");
  // Dense products take some 64 times as many terms a second as sparse ones (AVX-512: 85).
  const bool dense = 64 * known.density() * asked.density() >= 1;
  const auto rows = [&](const Features& x, Offset begin, Offset end) {
    const Features part = rows_of(x, begin, end);
    return dense && !part.is_dense() ? Features(part.as_dense()) : part;
  };
  TopK best{count, std::vector<NodeId>(std::size_t(asked.rows() * count)), Matrix(asked.rows(), count)};
  for (Offset first = 0, filled = 0; first < known.rows() && count > 0; first += known_block) {
    const Features part = rows(known, first, std::min(known.rows(), first + known_block));
    for (Offset begin = 0; begin < asked.rows(); begin += asked_block) {
      const Offset end = std::min(asked.rows(), begin + asked_block);
      const TopK found = top_k(products(rows(asked, begin, end), part), std::min(count, part.rows()));
      parallel_for(end - begin, 64, [&](Offset b, Offset e) {
        for (Offset i = b; i < e; ++i)
          merge(std::span(best.columns).subspan(std::size_t((begin + i) * count), std::size_t(count)),
                best.values.row(begin + i), filled,
                std::span(found.columns).subspan(std::size_t(i * found.count), std::size_t(found.count)),
                found.values.row(i), first);
      });
    }
    filled = std::min(count, filled + part.rows());
  }
  return best;
}

}  // namespace pfm
