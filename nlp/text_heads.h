// What stands on an encoder's rows: pooled sentences, and predictions of tokens for chosen rows only.
// Letters: k chosen rows, d hidden columns, G sentences, V vocabulary.
#pragma once
#include <pfm/encoders/activation.h>
#include <pfm/kernels/segments.h>
#include <pfm/nlp/text_encoder.h>

namespace pfm::nlp {

// A Linear whose weight starts as the encoder's do (TextSettings::deviation).
Linear text_linear(const Params& p, Offset in, Offset out, double deviation = 0.02);

// tanh of a Linear "pooler" of each sentence's first row: BERT's [CLS].
struct Pooler {
  Pooler(const Params& p, const Architecture& a, double deviation = 0.02);
  Var operator()(const Var& firsts) const;  // [G, d] -> [G, d]
  Linear linear;
};

// Scores of all tokens by the tokens' own table: Linear "lm" to its width, activation, norm "lm.norm", product with the
// table, "lm.output_bias" [1, V]; in architectures without head_activation the product, with "lm.output_bias" where
// head_bias says so.
struct LanguageHead {
  LanguageHead(const Params& p, const Architecture& a, const Var& tokens, double deviation = 0.02);
  Var operator()(const Var& rows) const;  // [k, d] -> [k, V]; choose rows with gather_rows before
  Var tokens;
  std::optional<Linear> transform;
  std::function<Var(const Var&)> activation;
  std::optional<LayerNorm> norm;
  Var bias;
};

// ELECTRA's discriminator: how much a token looks replaced.  "replaced.0", "replaced.1"
struct ReplacedHead {
  ReplacedHead(const Params& p, const Architecture& a, double deviation = 0.02);
  Var operator()(const Var& rows) const;  // [k, d] -> [k, 1]
  Linear first, second;
  std::function<Var(const Var&)> activation;
};

}  // namespace pfm::nlp
