// The decoder of an encoder-decoder: tokens that see those before them and the rows of a source. Letters: n tokens,
// m rows of sources, d hidden columns.
#pragma once
#include <pfm/nlp/text_encoder.h>

namespace pfm::nlp {

struct TextDecoder {
  // "decoder.embedding.positions", "decoder.embedding.norm", "decoder.layers.I"; the tokens' table is the encoder's.
  TextDecoder(const Params& p, const Architecture& a, const Var& tokens, const TextSettings& settings = {});

  // What the tokens of each segment may see: `text` as of text_rows, made causal, and all rows of the same segment of
  // `sources`.  [n], [m, d] -> layers + 1 of [n, d], the last one the result
  std::vector<Var> states(const TextRows& text, const Var& memory, const Attends& sources,
                          const std::optional<Rng>& rng = {}) const;
  Var operator()(const TextRows& text, const Var& memory, const Attends& sources,
                 const std::optional<Rng>& rng = {}) const;  // [n, d]

  TextTables tables;
  Transformer transformer;
  Real dropout;

 private:
  Var entering(const TextRows& text, const std::optional<Rng>& rng) const;
};

// Rows of a decoder's batch, and who of its segments looks at which rows of the encoder's.
struct DecoderRows {
  TextRows text;
  Attends sources;
};
DecoderRows decoder_rows(const Architecture& a, const Batch& targets, const Batch& sources);

}  // namespace pfm::nlp
