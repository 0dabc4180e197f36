#include <pfm/encoders/transformer_conv.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/shape.h>

#include <cmath>

namespace pfm {

TransformerConv::TransformerConv(const Params& p, Offset in, Offset channels, AttentionSettings how, bool gated)
    : query(p / "query", in, how.heads * channels),
      key(p / "key", in, how.heads * channels),
      value(p / "value", in, how.heads * channels),
      root(p / "root", in, how.concat ? how.heads * channels : channels),
      settings(how) {
  if (how.edge_width > 0) edge = p.glorot("edge", how.edge_width, how.heads * channels);
  if (gated) gate = p.glorot("gate", 3 * root.weight.cols(), 1);
}

// Each head's number once for each of its channels: [E, h] -> [E, h c].
static Var per_channel(const Var& a, Offset channels) {
  Matrix spread = Matrix::zeros(a.cols(), a.cols() * channels);
  for (Offset t = 0; t < spread.cols(); ++t) spread(t / channels, t) = 1;
  return multiply(a, Var(std::move(spread)));
}

Var TransformerConv::operator()(const Graph& graph, const Input& x, std::optional<Rng> rng, const Var& edges) const {
  const Offset heads = settings.heads, channels = query.weight.cols() / heads;
  const Sparse& along = graph.messages(Loops::as_given).along;
  const Input own = first_rows(x, along.rows());
  const Var q = apply(query, own), k = apply(key, x), v = apply(value, x);
  Var scores = edge_dots(along, q, k, heads), edge_rows;
  if (edge) {
    edge_rows = multiply(message_attributes(graph, Loops::as_given, edges, settings.edge_width), edge);
    const Var ones(Matrix::filled(1, heads * channels, 1));
    scores = add(scores, head_dots(hadamard(gather_targets(along, q), edge_rows), ones, heads));
  }
  Var attention = edge_softmax(along, scale(scores, 1 / std::sqrt(Real(channels))));
  if (rng && settings.dropout > 0) attention = dropout(attention, settings.dropout, *rng);
  Var message = spmm(along, attention, v);
  if (edge)
    message = add(message, aggregate_edges(along, hadamard(per_channel(attention, channels), edge_rows), Reduce::sum));
  if (!settings.concat) message = mean_heads(message, heads);
  const Var kept = apply(root, own);
  if (!gate) return add(message, kept);
  const Var share = sigmoid(multiply(concat_columns({message, kept, subtract(message, kept)}), gate));
  return add(message, multiply_column(subtract(kept, message), share));
}

}  // namespace pfm
