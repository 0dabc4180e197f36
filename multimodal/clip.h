// CLIP (Radford et al. 2021, arXiv:2103.00020): a transformer over tokens and one over patches whose rows of a text and
// of its image shall point the same way. Letters: G texts or images, d columns of the space they share.
#pragma once
#include <pfm/nlp/text_encoder.h>
#include <pfm/vision/weight_names.h>

namespace pfm {

struct ClipShape {
  nlp::Architecture text = {};
  nlp::TokenId end = nlp::no_token;  // a text's row is that of its first end token
  TransformerSettings image = {};
  Grid grid = {};      // of patches
  Offset columns = 0;  // of a patch
  Offset width = 0;    // d
};

struct ClipModel {
  // "text" and "image", towers with norms first and a last norm; "text_projection", "image_projection" without bias;
  // "logit_scale" [1, 1], starting at log(1 / .07).
  ClipModel(const Params& p, const ClipShape& shape);
  // Unit rows. A text without an end token has its last row, which must be there; images are whole.
  Var texts(const Batch& tokens, const std::optional<Rng>& rng = {}) const;    // -> [G, d]
  Var images(const Batch& patches, const std::optional<Rng>& rng = {}) const;  // -> [G, d]
  // Mean of both directions: text g must find image g among all by e^logit_scale times the cosine, and the other way
  // round. Rows as above.  [G, d] [G, d]
  Var loss(const Var& texts, const Var& images) const;

  nlp::TextEncoder text;
  VisionTransformer image;
  Linear text_projection, image_projection;
  Var logit_scale;
  nlp::TokenId end;
};

// transformers' names for what such a model has.
ImageTensors clip_tensors(const ClipShape& shape);

}  // namespace pfm
