// BART (Lewis et al. 2020, arXiv:1910.13461). An encoder reads a text whose sentences stand in another order and with
// one mask for each of the spans that were left out; a decoder writes the text as it was, each token from those before
// it (section 2.2, infilling and sentence permutation; 30 % of the tokens). Here a sentence ends at a full stop, the
// decoder begins with the text's own first token, a text's row is a mean of the encoder's, and the size is one for a
// single machine: 3 and 3 layers of 256, sequences of 128 tokens.
#include <pfm/nlp/denoising.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/nlp/sequence_model.h>
#include <pfm/nlp/token_batch.h>
#include <pfm/nlp/token_stream.h>

namespace pfm {

using namespace nlp;

static Pretext make(const Dataset& data, const Options& o) {
  const Training training = training_options(o, masked_training());
  const TextOptions text = text_options(o, {.tokenizer = "bytes", .pool = "mean"});
  const NetworkOptions network = sequence_options(o);
  const double left_out = o("mask", 0.3);
  const bool permuted = o("permute_sentences", true);
  if (!(left_out > 0 && left_out < 1)) throw Error(Fault::usage, "option mask: between 0 and 1");
  need_texts(data, "bart");
  const Tokenizer tokenizer = framing(tokenizer_from(text, data, o));
  const Architecture a = sized(network.architecture, tokenizer, text);
  const TokenId stop = tokenizer.vocabulary->find(".");
  Params p(o.rng);
  const SequenceModel model(p, a, network.settings);
  const auto rewriting = [=](const Batch& b, const Rng& rng) {
    std::vector<TokenIds> noisy;
    for (std::size_t g = 0; g + 1 < b.segments.size(); ++g) {
      const Rng own = rng.split(g);
      const auto& [before, between, behind] = tokenizer.frame;
      TokenIds ids(b.ids.begin() + b.segments[g] + Offset(before.size()),
                   b.ids.begin() + b.segments[g + 1] - Offset(behind.size()));
      if (permuted) ids = permute_sentences(ids, stop, own.split("sentences"));
      ids = infill(ids, tokenizer, left_out, own.split("spans"));
      ids.resize(std::min(ids.size(), std::size_t(text.length) - before.size() - behind.size()));  // masks may lengthen
      ids.insert(ids.begin(), before.begin(), before.end());
      ids.insert(ids.end(), behind.begin(), behind.end());
      noisy.push_back(std::move(ids));
    }
    Batch sources = token_batch(noisy);
    DecoderRows rows = decoder_rows(a, b, sources);
    return Rewriting{std::move(sources), std::move(rows), next_tokens(b)};
  };
  return rewritten_sequences(model, rewriting, p, data, training, text, tokenizer);
}

Method bart() {
  return {.id = "bart",
          .name = "BART",
          .make = make,
          .paper = "1910.13461",
          .presets = {},
          .about = "a text with spans left out and its sentences in another order is written again",
          .protocol = "held-out"};
}

}  // namespace pfm
