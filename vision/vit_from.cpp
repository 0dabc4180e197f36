#include <pfm/vision/vit_from.h>

namespace pfm {

VitOptions vit_from(const Options& o, VitDefaults fallback) {
  VitOptions vit{.patch = o("patch", fallback.patch), .transformer = {}, .readout = PatchReadout::first};
  TransformerSettings& t = vit.transformer;
  t.width = o("hidden", fallback.hidden);
  t.layers = o("layers", fallback.layers);
  t.heads = o("heads", fallback.heads);
  t.feed_forward = o("feed_forward", fallback.feed_forward);
  t.dropout = Real(o("dropout", fallback.dropout));
  t.norm_first = true;
  const std::string pooling = o("pooling", fallback.pooling);
  if (pooling != "first" && pooling != "mean")
    throw Error(Fault::usage, "option pooling: expected first (the class row) or mean, got \"" + pooling + "\"");
  if (pooling == "mean") vit.readout = PatchReadout::mean;
  if (vit.patch < 1) throw Error(Fault::usage, "option patch: at least 1");
  if (t.width < 1 || t.layers < 1 || t.feed_forward < 0)
    throw Error(Fault::usage, "options hidden and layers: at least 1; feed_forward: at least 0 (0 = 4 hidden)");
  if (!(t.dropout >= 0 && t.dropout < 1)) throw Error(Fault::usage, "option dropout: from 0 to below 1");
  return vit;
}

}  // namespace pfm
