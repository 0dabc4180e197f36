// BERT (Devlin et al. 2019, arXiv:1810.04805). 15 % of the tokens are hidden and found again, and the first row of a
// pair tells whether the second segment follows the first or is from another text (section 3.1); the losses are added.
// As there masks are drawn in advance: each stretch of a text has `copies` pairs with a mask each. Unlike there a
// segment begins and ends anywhere, AdamW decays biases and norms too, and the size is one for a single machine: 4
// layers of 256 and a vocabulary that is learned, sequences of 128 throughout.
#include <pfm/nlp/masked_batch.h>
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/methods/methods.h>

namespace pfm {

using namespace nlp;

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, masked_training());
  const TextOptions text = text_options(o, {.tokenizer = "bytes", .pool = "mean"});
  const NetworkOptions network = network_options(o, small_bert(), 0.1);
  const MaskRule rule = mask_rule(o);
  const bool pairs = o("next_sentence", true);
  const PairRule pair_rule = pair_rule_from(o, WrongPair::elsewhere, text, training);
  need_texts(data, "bert");
  const Tokenizer tokenizer = framing(tokenizer_from(text, data, o));
  const Architecture a = sized(network.architecture, tokenizer, text);
  Params p(o.rng);
  const MaskedModel model(p, a, network.settings);
  const Pooler pooler(p, a);
  const Linear follows = text_linear(p / "next_sentence", a.hidden, 2);
  PairTask task{
      .metric = "next-sentence",
      .model = model,
      .scores = {},
      .hide = mask_texts([=](std::span<const TokenId> ids, Rng rng) { return mask_tokens(ids, tokenizer, rule, rng); },
                         MaskOf::sample)};
  if (pairs) task.scores = [=](const Var& firsts) { return follows(pooler(firsts)); };
  return masked_pairs(task, p, data, o, training, text, tokenizer, pair_rule);
}

Method bert() {
  return {.id = "bert",
          .name = "BERT",
          .make = make,
          .paper = "1810.04805",
          .presets = {},
          .about = "hidden tokens are found again, and whether one segment follows another",
          .protocol = "held-out"};
}

}  // namespace pfm
