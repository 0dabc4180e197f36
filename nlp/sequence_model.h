// Encoder-decoders that write a text again of what a corruption left of it. Letters: n rows of the decoder, V
// vocabulary.
#pragma once
#include <pfm/nlp/masked_model.h>
#include <pfm/nlp/text_decoder.h>

namespace pfm::nlp {

// What the encoder reads of a batch of texts, what the decoder reads, and the token that each of its rows shall give;
// -1: none.
struct Rewriting {
  Batch sources;
  DecoderRows rows;
  std::vector<std::int32_t> targets;  // [n]
};

struct SequenceModel {
  // "embedding", "layers", "decoder" below `p`, as nlp/weight_names.h has them; scores are products with the tokens'
  // table.
  SequenceModel(const Params& p, const Architecture& a, const TextSettings& settings)
      : encoder(p, a, settings), decoder(p, a, encoder.tables.tokens, settings), head(p, a, encoder.tables.tokens) {}
  PredictedTokens operator()(const Rewriting& of, const std::optional<Rng>& rng = {}) const;  // scores [n, V]
  // The likeliest token of each row in turn: where a row reads what the one before shall give, it reads what that one
  // gave; no_token where nothing is asked.  [n]
  TokenIds written(const Rewriting& of) const;
  TextEncoder encoder;
  TextDecoder decoder;
  LanguageHead head;
};

// Asks what network_options() asks, from BART's shape (Lewis et al. 2020) with 3 layers of 256; the decoder has as many
// layers as the encoder.
NetworkOptions sequence_options(const Options& options);

// predicted_sequences() of such a model. Beside what those measure, of the first 8 texts "bleu", of what the model
// writes in as many tokens as are wanted, and "bleu-above-copy", over what its encoder reads.
Pretext rewritten_sequences(const SequenceModel& model,
                            const std::function<Rewriting(const Batch& texts, const Rng& draws)>& rewriting,
                            const Params& p, const Dataset& data, const Training& training, const TextOptions& text,
                            const Tokenizer& tokenizer);

}  // namespace pfm::nlp
