#include <pfm/encoders/encoder_names.h>
#include <pfm/encoders/graph_transformer.h>
#include <pfm/encoders/stack.h>
#include <pfm/selfsup/method.h>

#include <algorithm>

namespace pfm {

// Asks "attend", "positions", "position_width", "distances", "degrees": whole samples attend to themselves; a graph of
// many nodes along its edges.
static Encoder graph_transformer_from(const Params& p, const Dataset& data, const Options& o, const StackSettings& s) {
  const bool many = data.graphs() > 1;
  GraphTransformerSettings settings;
  settings.attend = o("attend", many ? "segments" : "edges");
  settings.positions = o("positions", "walks");
  settings.position_width = o("position_width", 16);
  settings.distances = o("distances", many ? 8 : 0);
  settings.degrees = o("degrees", 0);
  settings.all_layers = s.all_layers;
  settings.out = s.out == s.hidden ? 0 : s.out;
  settings.transformer = {.width = s.hidden,
                          .heads = s.convolution.heads,
                          .layers = s.layers,
                          .activation = s.activation,
                          .dropout = s.dropout,
                          .attention_dropout = s.convolution.attention_dropout};
  return graph_transformer(p, data.all.x.cols(), settings);
}

Encoder encoder_from(const Params& p, const Dataset& data, const Options& o, EncoderDefaults fallback) {
  StackSettings settings;
  settings.kind = o("encoder", fallback.kind);
  expect_encoder(settings.kind);
  settings.hidden = o("hidden", fallback.hidden);
  settings.layers = o("layers", fallback.layers);
  settings.activation = o("activation", fallback.activation);
  settings.dropout = Real(chance_from(o, "dropout", fallback.dropout));
  settings.out = o("out", fallback.out);
  settings.batch_norm = o("batch_norm", fallback.batch_norm);
  settings.all_layers = o("all_layers", fallback.all_layers);
  settings.norm_last = fallback.norm_last;
  settings.convolution = fallback.convolution;
  settings.convolution.heads = o("heads", fallback.heads);
  settings.convolution.attention_dropout = Real(chance_from(o, "attention_dropout", fallback.attention_dropout));
  if (settings.hidden < 1 || settings.layers < 1) throw Error(Fault::usage, "options hidden and layers: at least 1");
  if (settings.out < 0) throw Error(Fault::usage, "option out: at least 0");
  if (settings.kind == "graph-transformer") return graph_transformer_from(p, data, o, settings);
  settings.convolution.relations = std::max<Offset>(1, Offset(data.types.relations.size()));
  const Offset in = settings.kind == "table" ? data.nodes() : data.all.x.cols();
  return stack(p, in, settings);
}

}  // namespace pfm
