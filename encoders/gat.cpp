#include <pfm/encoders/gat.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

#include <cmath>

namespace pfm {

Gat::Gat(const Params& p, Offset in, Offset channels, AttentionSettings how)
    : weight(p.glorot("weight", in, how.heads * channels)),
      source(p.glorot("source", 1, how.heads * channels)),
      target(p.glorot("target", 1, how.heads * channels)),
      bias(p.constant("bias", 1, how.concat ? how.heads * channels : channels, 0)),
      settings(how) {
  if (how.edge_width == 0) return;
  edge_weight = p.glorot("edge_weight", how.edge_width, how.heads * channels);
  edge = p.glorot("edge", 1, how.heads * channels);
}

void start_normal(const Params& p, Offset in, Offset heads, Offset channels) {
  const auto start = [&](const char* name, Offset rows, Offset ends) {
    p.normal(name, rows, heads * channels, 2 / std::sqrt(double(ends)));
  };
  start("weight", in, in + heads * channels);
  for (const char* name : {"source", "target"}) start(name, 1, (heads + 1) * channels);
}

Var message_attributes(const Graph& graph, Loops loops, const Var& edges, Offset width) {
  const Var rows = edges ? edges : Var(graph.edge_attributes().clone());
  expect(rows.rows() == graph.edges() && (rows.cols() == width || graph.edges() == 0),
         "edge attributes: a row of the layer's edge width per stored edge");
  return along_with_mean_loops(graph.messages(loops), graph.edges() == 0 ? Var(Matrix(0, width)) : rows);
}

static std::optional<AttentionDropout> dropout_of(const AttentionSettings& settings, const std::optional<Rng>& rng) {
  if (!rng || !(settings.dropout > 0)) return {};
  return AttentionDropout{settings.dropout, *rng};
}

// Scores a . W x_j = (W a) . x_j: rows are not multiplied yet.
Var Gat::sums(const Graph& graph, const Var& x, std::optional<Rng> rng) const {
  expect(settings.heads == 1 && !edge, "Gat::sums: one head, no edge attributes");
  const Sparse& along = graph.messages(settings.loops).along;
  const Var targets = first_rows(x, along.rows()).var;
  return additive_attention(along, multiply(x, head_dots(weight, source, 1)),
                            multiply(targets, head_dots(weight, target, 1)), {}, x, settings.slope,
                            dropout_of(settings, rng));
}

// Scores of edges are (e W_e) . a_e = e (W_e . a_e): no matrix of [M, heads * channels]. One head that widens a
// computed input sums its rows before the product.
Var Gat::operator()(const Graph& graph, const Input& x, std::optional<Rng> rng, const Var& edges) const {
  const Offset heads = settings.heads;
  if (heads == 1 && !edge && x.var && weight.rows() < weight.cols())
    return add_row(multiply(sums(graph, x.var, rng), weight), bias);
  const Var h = multiply(x, weight);
  const Sparse& along = graph.messages(settings.loops).along;
  Var edge_scores;
  if (edge)
    edge_scores = multiply(message_attributes(graph, settings.loops, edges, settings.edge_width),
                           head_dots(edge_weight, edge, heads));
  const Var targets = first_rows(h, along.rows()).var;
  const Var out = additive_attention(along, head_dots(h, source, heads), head_dots(targets, target, heads), edge_scores,
                                     h, settings.slope, dropout_of(settings, rng));
  return add_row(settings.concat ? out : mean_heads(out, heads), bias);
}

}  // namespace pfm
