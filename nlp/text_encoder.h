// Transformers over tokens: tables, layers and what the rows of a sentence attend to, for weights from elsewhere and
// for training from a random start. Parameters are called as in nlp/weight_names.h. Letters: n tokens, d hidden
// columns.
#pragma once
#include <pfm/encoders/encoder.h>
#include <pfm/encoders/transformer.h>
#include <pfm/nlp/architecture.h>
#include <pfm/nlp/chosen_rows.h>

#include <map>

namespace pfm::nlp {

struct TextSettings {
  Real dropout = 0;            // of embeddings and of what layers add
  Real attention_dropout = 0;  // of attention weights
  // Matrices start from the normal distribution cut at two deviations, biases at 0; with norm_first those that end in a
  // sum by a factor 1 / sqrt(2 layers) smaller (Radford et al. 2019).
  double deviation = 0.02;
};

// What an encoder needs of the rows of a batch. A method that stands tokens elsewhere, or lets them see others, changes
// it before the encoder gets it.
struct TextRows {
  std::vector<NodeId> tokens;     // [n] rows of the tables, each
  std::vector<NodeId> positions;  // [n]
  std::vector<NodeId> segments;   // [n] or empty: all 0
  Attends plan;
  std::shared_ptr<const RelativeRows> relative = {};  // in architectures of distances
};

// Of a batch of nlp/token_batch.h, or of any whose ids are tokens (then all of segment 0): positions count within each
// sentence, rows see those of their sentence, in a causal architecture those up to their own. A sentence with more
// tokens than the architecture has positions: Error(Fault::input).
TextRows text_rows(const Architecture& a, const Batch& batch);

// Which of the two texts of a pair each row is of; empty: all of the first.
std::vector<NodeId> texts_of_rows(const Batch& batch);

Offset longest_sentence(const Architecture& a);  // tokens that it has positions for

// "tokens.weight" [vocabulary, embedding], "positions.weight", "segments.weight", "norm", as the architecture has them.
// Two encoders may be given the same (ELECTRA).
struct TextTables {
  TextTables(const Params& p, const Architecture& a, double deviation, const Var& tokens = {});  // given, or made
  // The tokens' rows with those of their positions and segments, the norm, dropout.  [n, embedding] -> the same
  Var sum(const Var& rows, const TextRows& where, Real dropout, const std::optional<Rng>& rng) const;
  Var tokens, positions, segments;
  std::optional<LayerNorm> norm;
};

struct TextEncoder {
  TextEncoder(const Params& p, const Architecture& a, const TextSettings& settings = {});  // tables: p / "embedding"
  TextEncoder(const Params& p, const Architecture& a, const TextSettings& settings, const TextTables& tables);

  Var operator()(const TextRows& rows, const std::optional<Rng>& rng = {}) const;  // [n, d]
  // Rows `ids` of the same, ascending: the last layer computes no others. Not in architectures of distances.
  ChosenRows at(std::vector<NodeId> ids, const TextRows& rows, const std::optional<Rng>& rng = {}) const;
  // What enters the first layer and the rows behind each layer.  layers + 1 of [n, d]
  std::vector<Var> states(const TextRows& rows, const std::optional<Rng>& rng = {}) const;
  // What enters the first layer, the tokens' rows being given.  [n, embedding] -> [n, d]
  Var embedded(const Var& tokens, const TextRows& rows, const std::optional<Rng>& rng = {}) const;
  Var layers(const Var& entering, const TextRows& rows, const std::optional<Rng>& rng = {}) const;  // [n, d] -> [n, d]
  // Of batches as in text_rows; rows given as a Var are those of the tokens.
  Encoder encoder() const;

  Architecture architecture;
  TextTables tables;
  std::optional<Linear> project;  // "embedding.project", where the tables are narrower, and in ALBERT
  Var relative_bias;              // "relative_bias.weight" [buckets, heads] or none
  Transformer transformer;
  Real dropout;
};

// Starts the matrices of the layers "layers.I" below `p`, an encoder's or a decoder's, which then take what is there.
TransformerSettings encoder_layers(const Params& p, const Architecture& a, const TextSettings& settings);
TransformerSettings decoder_layers(const Params& p, const Architecture& a, const TextSettings& settings);

// Row of the table of relative positions for keys `distance` places behind the query: one each up to a quarter of the
// rows on either side, then in logarithmic steps up to 128 places (Raffel et al. 2020, arXiv:1910.10683).
NodeId relative_bucket(Offset distance, Offset buckets);

// Weights that were read become parameters below `p`.
void put_weights(const Params& p, std::map<std::string, Matrix> matrices);

}  // namespace pfm::nlp
