#include <pfm/encoders/gatv2.h>
#include <pfm/nn/edge_attention.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>

namespace pfm {

GatV2::GatV2(const Params& p, Offset in, Offset channels, AttentionSettings how)
    : source(p / "source", in, how.heads * channels),
      target(p / "target", in, how.heads * channels),
      attention(p.glorot("attention", 1, how.heads * channels)),
      bias(p.constant("bias", 1, how.concat ? how.heads * channels : channels, 0)),
      settings(how) {
  if (how.edge_width > 0) edge = p.glorot("edge", how.edge_width, how.heads * channels);
}

Var GatV2::operator()(const Graph& graph, const Input& x, std::optional<Rng> rng, const Var& edges) const {
  Var edge_rows;
  if (edge) edge_rows = multiply(message_attributes(graph, settings.loops, edges, settings.edge_width), edge);
  std::optional<AttentionDropout> dropout;
  if (rng && settings.dropout > 0) dropout = {settings.dropout, *rng};
  const Sparse& along = graph.messages(settings.loops).along;
  const Var out = dynamic_attention(along, apply(source, x), apply(target, first_rows(x, along.rows())), attention,
                                    edge_rows, settings.heads, settings.slope, dropout);
  return add_row(settings.concat ? out : mean_heads(out, settings.heads), bias);
}

}  // namespace pfm
