// MASS (Song et al. 2019, arXiv:1905.02450). An encoder reads a text without one fragment of half its tokens; a decoder
// writes that fragment, each token from those of it that stand before, at its place in the text (eq. 3). What the
// encoder sees the decoder does not: it is a mask there, and rows that would hold nothing else are left out, as in
// section 3.2. Here a fragment begins anywhere, a text's row is a mean of the encoder's, and the size is one for a
// single machine: 3 and 3 layers of 256, sequences of 128 tokens.
#include <pfm/nlp/masked_batch.h>
#include <pfm/nlp/methods/fragment_rows.h>
#include <pfm/nlp/methods/methods.h>

namespace pfm {

using namespace nlp;

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, masked_training());
  const TextOptions text = text_options(o, {.tokenizer = "bytes", .pool = "mean"});
  const NetworkOptions network = sequence_options(o);
  const MaskRule rule{.rate = o("mask", 0.5)};
  if (!(rule.rate > 0 && rule.rate <= 1)) throw Error(Fault::usage, "option mask: above 0, at most 1");
  need_texts(data, "mass");
  const Tokenizer tokenizer = framing(tokenizer_from(text, data, o));
  const Architecture a = sized(network.architecture, tokenizer, text);
  Params p(o.rng);
  const SequenceModel model(p, a, network.settings);
  const Corruption hide =
      mask_texts([=](std::span<const TokenId> ids, Rng rng) { return mask_fragment(ids, tokenizer, rule, rng); });
  const auto rewriting = [=](const Batch& b, const Rng& draws) {
    return fragment_rewriting(a, hide(b, draws), b, tokenizer.special.mask);
  };
  return rewritten_sequences(model, rewriting, p, data, training, text, tokenizer);
}

Method mass() {
  return {.id = "mass",
          .name = "MASS",
          .make = make,
          .paper = "1905.02450",
          .presets = {},
          .about = "half of a text, in one piece, is written from the other half",
          .protocol = "held-out"};
}

}  // namespace pfm
