// CLIP's weights of other projects, and a model of it in one file of ours, as nlp/text_model.h does for texts.
#pragma once
#include <pfm/multimodal/clip.h>
#include <pfm/multimodal/image_model.h>

namespace pfm {

struct ClipFile {
  nlp::ModelFiles files;
  nlp::Tokenizer tokenizer;
  nlp::SentenceVectors sentences;  // how long a text may be
  ClipShape shape;                 // what config.json says
  ImageInput input;
  Params params;
  ClipModel model;
};

// A folder of transformers with model_type "clip", or what one of our files held at `path`. A configuration that
// contradicts the weights, weights that are missing or surplus, a tokenizer with more tokens than the model has rows:
// Error(Fault::input).
ClipFile import_clip(const std::filesystem::path& folder);
ClipFile clip_file(io::Tensors tensors, const std::filesystem::path& path);
void write_clip(const std::filesystem::path& path, const ClipFile& clip);  // Error(Fault::writing)
bool is_clip(const io::Metadata& metadata);

// Unit rows of the space they share, a few hundred at a time. Texts are in their frame and not too long
// (nlp::cut_sentence). Images must have the size and channels of the model, values in [0, 1]: Error(Fault::input).
// -> [G, d]
Matrix embed_texts(const ClipFile& clip, std::span<const nlp::TokenIds> texts);
Matrix embed_images(const ClipFile& clip, const Batch& images);

}  // namespace pfm
