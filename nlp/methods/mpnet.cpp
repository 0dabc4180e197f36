// MPNet (Song et al. 2020, arXiv:2004.09297). 15 % of the tokens, whole words, are predicted one after the other in an
// order that is drawn: each from the rest, from those before it and from masks at the places of the others (eq. 4,
// position compensation). Positions are learned and relative, the table of the latter serves all layers. All of the
// chosen tokens are masks in the context; AdamW decays biases and norms too; the size is one for a single machine.
#include <pfm/nlp/masked_batch.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nlp/methods/permuted_rows.h>

namespace pfm {

using namespace nlp;

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, masked_training());
  const TextOptions text = text_options(o, {.tokenizer = "bytes", .pool = "mean"});
  Architecture shape = small_bert();
  shape.family = "mpnet", shape.segments = 0, shape.relative_buckets = 32;
  const NetworkOptions network = network_options(o, shape, 0.1);
  MaskRule rule = mask_rule(o);
  rule.masked = 1, rule.random = 0;
  need_texts(data, "mpnet");
  const Tokenizer tokenizer = framing(tokenizer_from(text, data, o));
  const Architecture a = sized(network.architecture, tokenizer, text);
  Params p(o.rng);
  const MaskedModel model(p, a, network.settings);
  const Corruption hide =
      mask_texts([=](std::span<const TokenId> ids, Rng rng) { return mask_words(ids, tokenizer, rule, rng); });
  const auto predict = [=](const Batch& b, const Rng& draws, const std::optional<Rng>& rng) {
    const PermutedRows rows = permuted_rows(a, hide(b, draws.split("masks")), b, draws.split("order"));
    return PredictedTokens{model.head(query_stream(model.encoder, rows, rng)), rows.tokens};
  };
  return predicted_sequences(predict, model.encoder, p, data, training, text, tokenizer);
}

Method mpnet() {
  return {.id = "mpnet",
          .name = "MPNet",
          .make = make,
          .paper = "2004.09297",
          .presets = {},
          .about = "hidden words are predicted one after the other, knowing the places of those to come",
          .protocol = "held-out"};
}

}  // namespace pfm
