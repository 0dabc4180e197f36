// Transformers over graphs: rows attend to all rows of their sample, to the sources of their edges, or to both (Dwivedi
// & Bresson 2020, arXiv:2012.09699; Ying et al. 2021, arXiv:2106.05234; Rampasek et al. 2022, arXiv:2205.12454).
#pragma once
#include <pfm/encoders/encoder.h>
#include <pfm/encoders/graph_positions.h>
#include <pfm/encoders/transformer.h>
#include <pfm/encoders/transformer_conv.h>

namespace pfm {

struct GraphTransformerSettings {
  std::string attend = "segments";       // segments, edges or both: their sum
  std::string positions = "walks";       // encoders/graph_positions.h, through a Linear of their own
  int position_width = 16;               // columns of them
  int distances = 8;                     // steps that have a bias of their own in attention to segments; 0 = no biases
  int degrees = 0;                       // degrees that have a learned row, larger ones share the last; 0 = none
  bool all_layers = false;               // the rows of all layers side by side
  Offset out = 0;                        // of a Linear at the end; 0 = none
  TransformerSettings transformer = {};  // norms stand first, feed_forward 0 = 2 width here
};

// "input", "positions", "degrees", "distances" [distances + 2, heads], "0", "1", .. with "attention" or "edges" and
// their "attention_norm", "feed_forward", "feed_forward_norm", then "norm", "output". Of a sampled neighbourhood the
// seeds' rows. `in` columns of the input. A wrong name is the user's fault.
Encoder graph_transformer(const Params& p, Offset in, const GraphTransformerSettings& settings);

}  // namespace pfm
