// ALBERT (Lan et al. 2020, arXiv:1909.11942). All layers share one block's parameters and the tables are narrower than
// the layers (section 3.1); hidden are n-grams of up to three words, and the first row of a pair tells whether its two
// segments, which follow each other in a text, were exchanged. Unlike there the optimiser is AdamW, not LAMB, which
// decays biases and norms too; sequences are of 128 tokens, the size is one for a single machine.
#include <pfm/nlp/masked_batch.h>
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/methods/methods.h>

namespace pfm {

using namespace nlp;

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, masked_training());
  const TextOptions text = text_options(o, {.tokenizer = "bytes", .pool = "mean"});
  Architecture shape = small_bert();
  shape.family = "albert", shape.activation = shape.head_activation = "gelu_tanh";
  shape.groups = 1, shape.embedding_project = true;
  shape.embedding = o("embedding", 128);
  const NetworkOptions network = network_options(o, shape, 0);
  const MaskRule rule = mask_rule(o);
  const PairRule pair_rule = pair_rule_from(o, WrongPair::exchanged, text, training);
  need_texts(data, "albert");
  const Tokenizer tokenizer = framing(tokenizer_from(text, data, o));
  const Architecture a = sized(network.architecture, tokenizer, text);
  Params p(o.rng);
  const MaskedModel model(p, a, network.settings);
  const Pooler pooler(p, a);
  const Linear order = text_linear(p / "sentence_order", a.hidden, 2);
  const PairTask task{
      .metric = "sentence-order",
      .model = model,
      .scores = [=](const Var& firsts) { return order(pooler(firsts)); },
      .hide = mask_texts([=](std::span<const TokenId> ids, Rng rng) { return mask_ngrams(ids, tokenizer, rule, rng); },
                         MaskOf::sample)};
  return masked_pairs(task, p, data, o, training, text, tokenizer, pair_rule);
}

Method albert() {
  return {.id = "albert",
          .name = "ALBERT",
          .make = make,
          .paper = "1909.11942",
          .presets = {},
          .about = "n-grams are found again, and whether two segments were exchanged, by layers that share parameters",
          .protocol = "held-out"};
}

}  // namespace pfm
