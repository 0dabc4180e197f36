#include <pfm/encoders/wide_han.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>

namespace pfm {

WideHan::WideHan(const Params& p, Offset in, Offset out, std::size_t paths, const AttentionSettings& how, Real dropout,
                 SemanticAttention semantic)
    : between(std::move(semantic)), dropped{dropout} {
  for (std::size_t m = 0; m < paths; ++m) along.emplace_back(p / std::to_string(m), in, out, how);
}

// What a key says of S W + b it says of S through W: key (S W + b) = S (W K) + (b K + k).
static SemanticAttention seen_through(const Gat& gat, SemanticAttention a) {
  a.key.bias = add(multiply(gat.bias, a.key.weight), a.key.bias);
  a.key.weight = multiply(gat.weight, a.key.weight);
  return a;
}

WideHan::Rows WideHan::operator()(const std::vector<MetaPath>& paths, const Var& x,
                                  const std::optional<Rng>& rng) const {
  std::vector<Var> sums, scores, weights, biases;
  for (std::size_t m = 0; m < along.size(); ++m) {
    const Gat& gat = along[m];
    const std::optional<Rng> own = rng ? std::optional(rng->split(m)) : rng;
    const Var rows = dropped(x, own ? std::optional(own->split("rows")) : own);
    const auto score = [&](const Var& att) { return multiply(rows, head_dots(gat.weight, att, 1)); };  // x (W a)
    sums.push_back(paths[m].attend(gat.settings, score(gat.source), score(gat.target), rows, own));
    scores.push_back(seen_through(gat, between).score(sums[m]));
    biases.push_back(gat.bias);
  }
  const Var shares = softmax(concat_columns(scores));
  for (std::size_t m = 0; m < along.size(); ++m) {
    const Var share = slice_columns(shares, Offset(m), Offset(m) + 1);
    const Var each = multiply(Var(Matrix::filled(along[m].weight.rows(), 1, 1)), share);
    weights.push_back(multiply_column(along[m].weight, each));
  }
  weights.push_back(multiply(shares, concat_rows(biases)));
  sums.push_back(Var(Matrix::filled(x.rows(), 1, 1)));
  return {concat_columns(sums), concat_rows(weights), shares};
}

Var WideHan::Rows::at(std::span<const NodeId> ids) const { return multiply(gather_rows(codes, ids), weights); }

Var WideHan::Rows::dots(std::span<const NodeId> ids) const {
  return multiply_transposed(multiply_transposed(at(ids), weights), codes);
}

}  // namespace pfm
