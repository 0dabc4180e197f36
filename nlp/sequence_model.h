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
  TextEncoder encoder;
  TextDecoder decoder;
  LanguageHead head;
};

// Asks what network_options() asks, from BART's shape (Lewis et al. 2020) with 3 layers of 256; the decoder has as many
// layers as the encoder.
NetworkOptions sequence_options(const Options& options);

}  // namespace pfm::nlp
