#include <pfm/encoders/supergat.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/edge_ops.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

namespace pfm {

SuperGat::SuperGat(const Params& p, Offset in, Offset channels, AttentionSettings how)
    : weight(p.glorot("weight", in, how.heads * channels)),
      source(p.glorot("source", 1, how.heads * channels)),
      target(p.glorot("target", 1, how.heads * channels)),
      bias(p.constant("bias", 1, how.concat ? how.heads * channels : channels, 0)),
      settings(how) {
  if (how.edge_width > 0) throw Error(Fault::usage, "supergat: its scores have no place for edge attributes");
}

Var SuperGat::operator()(const Graph& graph, const Input& x, std::optional<Rng> rng) const {
  const Offset heads = settings.heads;
  const Sparse& along = graph.messages(settings.loops).along;
  const Var h = multiply(x, weight), own = first_rows(h, along.rows()).var;
  const Var scores =
      add(gather_sources(along, head_dots(h, source, heads)), gather_targets(along, head_dots(own, target, heads)));
  const Var likely = sigmoid(edge_dots(along, own, h, heads));
  Var attention = edge_softmax(along, leaky_relu(hadamard(scores, likely), settings.slope));
  if (rng && settings.dropout > 0) attention = dropout(attention, settings.dropout, *rng);
  const Var out = spmm(along, attention, h);
  return add_row(settings.concat ? out : mean_heads(out, heads), bias);
}

}  // namespace pfm
