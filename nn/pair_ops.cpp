#include <pfm/kernels/parallel.h>
#include <pfm/kernels/segments.h>
#include <pfm/kernels/spmm.h>
#include <pfm/nn/pair_ops.h>

#include <algorithm>

namespace pfm {
namespace {

// Place e of the 2 E places is the left end of pair e, place E + e its right end.
struct Ends {
  std::vector<NodeId> left, right;
  Places places(Offset rows) const {
    std::vector<NodeId> ids = left;
    ids.insert(ids.end(), right.begin(), right.end());
    return places_of(ids, rows);
  }
};

// out[v] = sum over the places of v of grad[pair] x[other end].
Matrix sums_over_pairs(const Ends& ends, const Matrix& grad, const Matrix& x) {
  const Places places = ends.places(x.rows());
  const Offset k = x.cols(), pairs = grad.rows();
  Matrix out = Matrix::zeros(x.rows(), k);
  const CsrView view{x.rows(), 2 * pairs, places.offsets, places.order, {}};
  parallel_rows(view, std::max<Offset>(64, 65536 / std::max<Offset>(1, k)), [&](Offset begin, Offset end) {
    for (Offset v = begin; v < end; ++v)
      for (Offset t = view.offsets[v]; t < view.offsets[v + 1]; ++t) {
        const Offset place = view.columns[t], pair = place < pairs ? place : place - pairs;
        const Real* other = x.data() + (place < pairs ? ends.right : ends.left)[std::size_t(pair)] * k;
        const Real* g = grad.data() + pair * k;
        Real* __restrict sum = out.data() + v * k;
        for (Offset j = 0; j < k; ++j) sum[j] += g[j] * other[j];
      }
  });
  return out;
}

}  // namespace

Var pair_products(const Var& x, std::span<const NodeId> left, std::span<const NodeId> right) {
  expect(left.size() == right.size(), "pair_products: two ends a pair");
  for (const auto ids : {left, right})
    expect(std::ranges::all_of(ids, [&](NodeId id) { return id >= 0 && id < x.rows(); }),
           "pair_products: ids below the rows");
  const Offset k = x.cols();
  Matrix out(Offset(left.size()), k);
  parallel_for(out.rows(), rows_per_block(k), [&](Offset begin, Offset end) {
    for (Offset e = begin; e < end; ++e) {
      const Real *a = x.value().data() + left[std::size_t(e)] * k, *b = x.value().data() + right[std::size_t(e)] * k;
      Real* __restrict product = out.data() + e * k;
      for (Offset j = 0; j < k; ++j) product[j] = a[j] * b[j];
    }
  });
  return Var::record(std::move(out), {x},
                     [x, ends = Ends{{left.begin(), left.end()}, {right.begin(), right.end()}}](const Matrix& grad) {
                       x.accumulate(sums_over_pairs(ends, grad, x.value()));
                     });
}

}  // namespace pfm
