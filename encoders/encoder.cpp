#include <pfm/encoders/encoder.h>
#include <pfm/kernels/parallel.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

namespace pfm {

Var multiply(const Input& x, const Var& w) { return x.var ? multiply(x.var, w) : multiply(x.fixed, w); }

Var apply(const Linear& layer, const Input& x) {
  const Var product = multiply(x, layer.weight);
  return layer.bias ? add_row(product, layer.bias) : product;
}

Input dropout(const Input& x, Real rate, Rng rng) {
  if (rate <= 0) return x;
  if (x.var) return dropout(x.var, rate, rng);
  if (x.fixed.is_dense()) return dropout(Var(x.fixed.dense().clone()), rate, rng);
  const Sparse rows = x.fixed.as_sparse();
  std::vector<Real> values(rows.nonzeros());
  const Real scale = 1 / (1 - rate);
  parallel_for(rows.nonzeros(), row_block, [&](Offset begin, Offset end) {
    for (Offset e = begin; e < end; ++e)
      values[e] = rng.uniform(std::uint64_t(e)) < rate ? 0 : scale * (rows.weighted() ? rows.view().values[e] : 1);
  });
  return Features(rows.with_values(std::move(values)));
}

Var as_var(const Input& x) {
  if (x.var) return x.var;
  return Var(x.fixed.as_dense());
}

}  // namespace pfm
