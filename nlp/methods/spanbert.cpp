// SpanBERT (Joshi et al. 2020, arXiv:1907.10529). Hidden are spans of whole words; each of their tokens is found from
// its own row (MLM) and from the rows beside the span and its place in it (span boundary objective, eq. 1-2); the
// losses are added. Sequences are single, masks are drawn anew each time. AdamW decays biases and norms too; the size
// is one for a single machine.
#include <pfm/nlp/masked_batch.h>
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nlp/methods/span_boundary.h>

namespace pfm {

using namespace nlp;

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, masked_training());
  const TextOptions text = text_options(o, {.tokenizer = "bytes", .pool = "mean"});
  Architecture shape = small_bert();
  shape.segments = 0;
  const NetworkOptions network = network_options(o, shape, 0.1);
  const MaskRule rule = mask_rule(o);
  need_texts(data, "spanbert");
  const Tokenizer tokenizer = framing(tokenizer_from(text, data, o));
  const Architecture a = sized(network.architecture, tokenizer, text);
  Params p(o.rng);
  const MaskedModel model(p, a, network.settings);
  const SpanBoundary boundary(p / "span_boundary", a, model.head, text.length);
  const Corruption hide =
      mask_texts([=](std::span<const TokenId> ids, Rng rng) { return mask_spans(ids, tokenizer, rule, rng); });
  const auto of_boundaries = [=](const ChosenRows& rows, const Batch& seen, const Batch& truth) {
    return boundary.loss(rows, seen, truth);
  };
  return masked_sequences({model, hide, SpanBoundary::asked, of_boundaries}, p, data, training, text, tokenizer);
}

Method spanbert() {
  return {.id = "spanbert",
          .name = "SpanBERT",
          .make = make,
          .paper = "1907.10529",
          .presets = {},
          .about = "spans of words are found again, from what stands in them and from their ends",
          .protocol = "held-out"};
}

}  // namespace pfm
