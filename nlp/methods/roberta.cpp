// RoBERTa (Liu et al. 2019, arXiv:1907.11692): BERT without pairs. Masks are drawn anew each time a sequence comes
// (section 4.1), and sequences are filled with whole texts, one after the other (section 4.2, FULL-SENTENCES). AdamW
// decays biases and norms too and has a beta2 of .999 instead of .98; the size is that of bert here.
#include <pfm/nlp/masked_batch.h>
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/methods/methods.h>

namespace pfm {

using namespace nlp;

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, masked_training());
  const TextOptions text = text_options(o, {.tokenizer = "bytes", .pool = "mean"});
  Architecture shape = small_bert();
  shape.segments = 0;
  const NetworkOptions network = network_options(o, shape, 0.1);
  const MaskRule rule = mask_rule(o);
  need_texts(data, "roberta");
  const Tokenizer tokenizer = framing(tokenizer_from(text, data, o));
  Params p(o.rng);
  const MaskedModel model(p, sized(network.architecture, tokenizer, text), network.settings);
  const Corruption hide =
      mask_texts([=](std::span<const TokenId> ids, Rng rng) { return mask_tokens(ids, tokenizer, rule, rng); });
  return masked_sequences({model, hide}, p, data, training, text, tokenizer);
}

Method roberta() {
  return {.id = "roberta",
          .name = "RoBERTa",
          .make = make,
          .paper = "1907.11692",
          .presets = {},
          .about = "hidden tokens are found again, other ones each time",
          .protocol = "held-out"};
}

}  // namespace pfm
