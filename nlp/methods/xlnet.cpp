// XLNet (Yang et al. 2019, arXiv:1906.08237). A sixth of the tokens is predicted in a random order, each from those
// that are given and from the targets before it (eq. 3, 5): a second stream of rows knows where a target stands, but
// not what it is. Unlike there a sequence has no memory of the one before it. Without memory the reading direction that
// they change for half of a batch, with the sign of distances, changes nothing, so it is left out. AdamW decays biases
// and norms too; the size is that of bert here.
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nlp/prediction_order.h>
#include <pfm/nlp/two_streams.h>

namespace pfm {

using namespace nlp;

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, masked_training());
  const TextOptions text = text_options(o, {.tokenizer = "bytes", .pool = "mean"});
  Architecture shape = small_bert();
  shape.family = "xlnet", shape.segments = 0, shape.head_activation = "";
  shape.embedding_norm = false, shape.head_bias = HeadBias::learned, shape.relative_distances = true;
  const NetworkOptions network = network_options(o, shape, 0.1);
  const int k = o("k", 6);  // one of so many tokens is predicted
  if (k < 2) throw Error(Fault::usage, "option k: at least 2");
  if (network.architecture.hidden % 2 != 0) throw Error(Fault::usage, "option hidden: an even number");
  need_texts(data, "xlnet");
  const Tokenizer tokenizer = framing(tokenizer_from(text, data, o));
  Architecture a = sized(network.architecture, tokenizer, text);
  a.positions = 0;
  Params p(o.rng);
  const TwoStreams streams(p, a, network.settings);
  const LanguageHead head(p, a, streams.encoder.tables.tokens);
  const auto predict = [=](const Batch& b, const Rng& draws, const std::optional<Rng>& rng) {
    const StreamRows rows = stream_rows(a, b, prediction_ranks(b, tokenizer, k, draws));
    return PredictedTokens{head(streams(rows, {}, rng).query.back()), tokens_at(b, rows.targets)};
  };
  return predicted_sequences(predict, streams.encoder, p, data, training, text, tokenizer);
}

Method xlnet() {
  return {.id = "xlnet",
          .name = "XLNet",
          .make = make,
          .paper = "1906.08237",
          .presets = {},
          .about = "tokens are predicted in a random order, each from those before it and all that are given",
          .protocol = "held-out"};
}

}  // namespace pfm
