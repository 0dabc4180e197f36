#include <pfm/encoders/stack.h>
#include <pfm/selfsup/method.h>

namespace pfm {

Encoder encoder_from(const Params& p, const Dataset& data, const Options& o, EncoderDefaults fallback) {
  StackSettings settings;
  settings.kind = o("encoder", fallback.kind);
  settings.hidden = o("hidden", fallback.hidden);
  settings.layers = o("layers", fallback.layers);
  settings.activation = o("activation", fallback.activation);
  settings.dropout = Real(o("dropout", fallback.dropout));
  if (settings.hidden < 1 || settings.layers < 1) throw Error(Fault::usage, "options hidden and layers: at least 1");
  if (!(settings.dropout >= 0 && settings.dropout < 1)) throw Error(Fault::usage, "option dropout: from 0 to below 1");
  const Offset in = settings.kind == "table" ? data.nodes() : data.all.x.cols();
  return stack(p, in, settings);
}

}  // namespace pfm
