#include <fmt/format.h>
#include <pfm/encoders/gcn.h>
#include <pfm/nn/activations.h>
#include <pfm/selfsup/method.h>

namespace pfm {

Encoder encoder_from(const Params& p, const Dataset& data, const Options& o, EncoderDefaults fallback) {
  const std::string kind = o("encoder", fallback.kind), activation = o("activation", fallback.activation);
  const int hidden = o("hidden", fallback.hidden), layers = o("layers", fallback.layers);
  (void)kind, (void)layers, (void)activation;
  const Gcn first(p / "0", data.all.x.cols(), hidden);
  const Var slope = p.constant("0.slope", 1, 1, 0.25);
  return {[=](const Batch& b, const Input& x, std::optional<Rng>) { return prelu(first(b.graph, x), slope); }, hidden};
}

}  // namespace pfm
