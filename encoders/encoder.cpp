#include <pfm/encoders/encoder.h>
#include <pfm/graph/entries.h>
#include <pfm/kernels/uniforms.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/graph_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>

#include <algorithm>
#include <numeric>

namespace pfm {

Input::Input(Features rows, Var row, std::vector<NodeId> added_to, std::optional<Features> counting)
    : fixed(std::move(rows)), added(std::move(row)), to(std::move(added_to)), factors(std::move(counting)) {
  expect(!added || (added.rows() == 1 && added.cols() == fixed.cols()), "Input: an added row as wide as the others");
  expect(!factors || (factors->rows() == Offset(to.size()) && factors->cols() == fixed.cols()),
         "Input: a row of factors for each row that is added to");
}

// What an added row became, added to all of `to`, or what it became at each of them.
static Var with_added(const Var& rows, const Var& added, const std::vector<NodeId>& to) {
  return added.rows() == 1 ? add_row_to(rows, added, to) : add(rows, scatter_rows(added, to, rows.rows()));
}

// The added row as it counts at each of x.to.  [x.to.size(), F]
static Var added_rows(const Input& x) {
  return hadamard(gather_rows(x.added, std::vector<NodeId>(x.to.size(), 0)), Var(x.factors->as_dense()));
}

// Of many rows M (diag(row) W) is cheaper: M^T times the gradient serves row and W, two products back become one.
static Var added_product(const Input& x, const Var& w) {
  constexpr std::size_t many = 512;
  if (!x.factors) return multiply(x.added, w);
  if (x.to.size() < many) return multiply(added_rows(x), w);
  return multiply(*x.factors, multiply_column(w, reshape(x.added, x.cols(), 1)));
}

Var multiply(const Input& x, const Var& w) {
  if (x.var) return multiply(x.var, w);
  const Var product = multiply(x.fixed, w);
  return x.added ? with_added(product, added_product(x, w), x.to) : product;
}

Var apply(const Linear& layer, const Input& x) {
  const Var product = multiply(x, layer.weight);
  return layer.bias ? add_row(product, layer.bias) : product;
}

// What falls out of sparse rows is no longer an entry: products cost what is left.
static Features dropout(const Features& x, Real rate, const Rng& rng) {
  if (x.is_dense()) return dropout(Var(x.dense().clone()), rate, rng).value().clone();
  const Sparse rows = x.as_sparse();
  const std::vector<double> drawn = uniforms(rng, 0, std::size_t(rows.nonzeros()));
  std::vector<Offset> kept;
  kept.reserve(drawn.size());
  for (std::size_t e = 0; e < drawn.size(); ++e)
    if (drawn[e] >= rate) kept.push_back(Offset(e));
  const Sparse left = with_entries(rows, kept);
  std::vector<Real> values(kept.size(), 1 / (1 - rate));
  if (left.weighted())
    for (std::size_t e = 0; e < values.size(); ++e) values[e] *= left.view().values[e];
  return left.with_values(std::move(values));
}

Input dropout(const Input& x, Real rate, Rng rng) {
  if (rate <= 0) return x;
  if (x.var) return dropout(x.var, rate, rng);
  if (x.added) {
    const Var before(x.factors ? x.factors->as_dense() : Matrix::filled(Offset(x.to.size()), x.cols(), 1));
    Var factors = dropout(before, rate, rng.split("added"));
    return {dropout(x.fixed, rate, rng), x.added, x.to, Features(std::move(factors.value()))};
  }
  return dropout(x.fixed, rate, rng);
}

Var as_var(const Input& x) {
  if (x.var) return x.var;
  const Var rows(x.fixed.as_dense());
  return x.added ? with_added(rows, x.factors ? added_rows(x) : x.added, x.to) : rows;
}

Input first_rows(const Input& x, Offset rows) {
  if (rows == x.rows()) return x;
  if (x.var) return slice_rows(x.var, 0, rows);
  std::vector<NodeId> first(static_cast<std::size_t>(rows)), to, kept;
  std::iota(first.begin(), first.end(), NodeId{0});
  if (!x.added) return x.fixed.gather(first);
  for (std::size_t k = 0; k < x.to.size(); ++k)
    if (x.to[k] < rows) to.push_back(x.to[k]), kept.push_back(NodeId(k));
  std::optional<Features> factors;
  if (x.factors) factors = x.factors->gather(kept);
  return {x.fixed.gather(first), x.added, std::move(to), std::move(factors)};
}

}  // namespace pfm
