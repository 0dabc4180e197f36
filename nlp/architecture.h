// The shape of a transformer over tokens, as other projects' configurations state it.
#pragma once
#include <pfm/kernels/matrix.h>
#include <pfm/nlp/vocabulary.h>

namespace pfm::nlp {

// What is added to the scores of tokens where there is no head_activation: nothing, a row as it came, or a learned one.
enum class HeadBias { none, fixed, learned };

struct Architecture {
  std::string family;                                      // "bert"
  Offset vocabulary = 0, positions = 0, segments = 0;      // rows of the tables; positions, segments 0: no such table
  Offset embedding = 0, hidden = 0, heads = 0, inner = 0;  // widths; embedding may be narrower than hidden
  // Layer i runs the blocks of group floor(i groups / layers), `blocks` of them, one after the other. But for ALBERT
  // groups = layers and blocks = 1.
  Offset layers = 0, groups = 0, blocks = 1;
  std::string activation;                   // encoders/activation.h
  std::string head_activation = {};         // of the language model's head; empty: it has no layer before the decoder
  double epsilon = 0;                       // of layer norms
  bool embedding_norm = true;               // behind the sum of the tables
  bool embedding_project = false;           // a Linear to `hidden` behind it even where the tables are as wide
  bool norm_first = false, causal = false;  // GPT-2
  Offset first_position = 0;                // of a sequence's first token: padding + 1 in RoBERTa and MPNet
  TokenId padding = no_token;
  Offset relative_buckets = 0;  // rows of MPNet's table of relative positions
  HeadBias head_bias = HeadBias::none;
  Offset decoder_layers = 0;        // of an encoder-decoder, as wide as the encoder's
  bool relative_distances = false;  // scores by distance and by part of the text (encoders/relative_attention.h): XLNet
};

}  // namespace pfm::nlp
