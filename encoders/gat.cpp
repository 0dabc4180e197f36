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
    expect(!p.has(name), "starts: before the layer that takes them up");
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

// Scores of edges are (e W_e) . a_e = e (W_e . a_e): no matrix of [M, heads * channels]. One head that widens a
// computed input sums its rows before the product.
Var Gat::operator()(const Graph& graph, const Input& x, std::optional<Rng> rng, const Var& edges) const {
  const Offset heads = settings.heads;
  const bool narrow = heads == 1 && x.var && weight.rows() < weight.cols();
  const Var h = narrow ? x.var : multiply(x, weight);
  const Sparse& along = graph.messages(settings.loops).along;
  // Scores a . W x_j = (W a) . x_j where rows are not multiplied yet.
  const auto scores = [&](const Var& rows, const Var& att) {
    return narrow ? multiply(rows, head_dots(weight, att, 1)) : head_dots(rows, att, heads);
  };
  Var edge_scores;
  if (edge)
    edge_scores = multiply(message_attributes(graph, settings.loops, edges, settings.edge_width),
                           head_dots(edge_weight, edge, heads));
  std::optional<AttentionDropout> dropout;
  if (rng && settings.dropout > 0) dropout = {settings.dropout, *rng};
  const Var targets = first_rows(h, along.rows()).var;
  const Var sums =
      additive_attention(along, scores(h, source), scores(targets, target), edge_scores, h, settings.slope, dropout);
  const Var out = narrow ? multiply(sums, weight) : sums;
  return add_row(settings.concat ? out : mean_heads(out, heads), bias);
}

}  // namespace pfm
