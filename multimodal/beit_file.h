// BEiT's weights of other projects, and a model of it in one file of ours.
#pragma once
#include <pfm/encoders/vision_transformer.h>
#include <pfm/multimodal/image_model.h>

namespace pfm {

struct BeitFile {
  nlp::ModelFiles files;
  ImageInput input;
  Params params;
  VisionTransformer network;
};

// A folder of transformers with model_type "beit", pretrained on masked images, or what one of our files held at
// `path`. A configuration that contradicts the weights, weights that are missing or surplus: Error(Fault::input).
BeitFile import_beit(const std::filesystem::path& folder);
BeitFile beit_file(io::Tensors tensors, const std::filesystem::path& path);
void write_beit(const std::filesystem::path& path, const BeitFile& beit);  // Error(Fault::writing)
bool is_beit(const io::Metadata& metadata);

// The mean of the patches' rows behind the last norm.  -> [G, d]
Matrix embed_images(const BeitFile& beit, const Batch& images);

}  // namespace pfm
