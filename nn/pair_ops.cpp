#include <pfm/kernels/parallel.h>
#include <pfm/kernels/segments.h>
#include <pfm/kernels/spmm.h>
#include <pfm/nn/pair_ops.h>

#include <algorithm>

namespace pfm {
namespace {

// Place e of the 2 E places is the source of pair e, place E + e its target.
Places places_of_ends(std::span<const Edge> pairs, Offset rows) {
  std::vector<NodeId> ids;
  for (const Edge& pair : pairs) ids.push_back(pair.source);
  for (const Edge& pair : pairs) ids.push_back(pair.target);
  return places_of(ids, rows);
}

// out[v] = sum over the places of v of grad[pair] x[other end].
Matrix sums_over_pairs(std::span<const Edge> pairs, const Matrix& grad, const Matrix& x) {
  const Places places = places_of_ends(pairs, x.rows());
  const Offset k = x.cols(), count = grad.rows();
  Matrix out = Matrix::zeros(x.rows(), k);
  const CsrView view{x.rows(), 2 * count, places.offsets, places.order, {}};
  parallel_rows(view, std::max<Offset>(64, 65536 / std::max<Offset>(1, k)), [&](Offset begin, Offset end) {
    for (Offset v = begin; v < end; ++v)
      for (Offset t = view.offsets[v]; t < view.offsets[v + 1]; ++t) {
        const Offset place = view.columns[t], e = place < count ? place : place - count;
        const Edge& pair = pairs[std::size_t(e)];
        const Real *g = grad.data() + e * k, *other = x.data() + (place < count ? pair.target : pair.source) * k;
        Real* __restrict sum = out.data() + v * k;
        for (Offset j = 0; j < k; ++j) sum[j] += g[j] * other[j];
      }
  });
  return out;
}

}  // namespace

Var pair_products(const Var& x, std::span<const Edge> pairs) {
  const auto row = [&](NodeId v) { return v >= 0 && v < x.rows(); };
  expect(std::ranges::all_of(pairs, [&](const Edge& pair) { return row(pair.source) && row(pair.target); }),
         "pair_products: ends below the rows");
  const Offset k = x.cols();
  Matrix out(Offset(pairs.size()), k);
  parallel_for(out.rows(), rows_per_block(k), [&](Offset begin, Offset end) {
    for (Offset e = begin; e < end; ++e) {
      const auto [u, v] = pairs[std::size_t(e)];
      const Real *a = x.value().data() + u * k, *b = x.value().data() + v * k;
      Real* __restrict product = out.data() + e * k;
      for (Offset j = 0; j < k; ++j) product[j] = a[j] * b[j];
    }
  });
  return Var::record(std::move(out), {x},
                     [x, kept = std::vector<Edge>(pairs.begin(), pairs.end())](const Matrix& grad) {
                       x.accumulate(sums_over_pairs(kept, grad, x.value()));
                     });
}

}  // namespace pfm
