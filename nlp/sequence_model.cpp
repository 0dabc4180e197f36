#include <pfm/nlp/sequence_model.h>

namespace pfm::nlp {

PredictedTokens SequenceModel::operator()(const Rewriting& of, const std::optional<Rng>& rng) const {
  const auto stream = [&](const char* name) { return rng ? std::optional(rng->split(name)) : std::nullopt; };
  const Var memory = encoder(text_rows(encoder.architecture, of.sources), stream("encoder"));
  return {head(decoder(of.rows.text, memory, of.rows.sources, stream("decoder"))), of.targets};
}

NetworkOptions sequence_options(const Options& o) {
  NetworkOptions network = network_options(
      o, {.family = "bart", .hidden = 256, .heads = 4, .layers = 3, .activation = "gelu", .epsilon = 1e-5}, 0.1);
  network.architecture.decoder_layers = network.architecture.layers;
  return network;
}

}  // namespace pfm::nlp
