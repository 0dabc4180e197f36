// What files of other projects' models that see images have in common: how pixels enter, and our file of them.
#pragma once
#include <pfm/graph/batch.h>
#include <pfm/nlp/config_file.h>
#include <pfm/nlp/text_model.h>

namespace pfm {

struct ImageInput {
  Offset size = 0, patch = 0;                                     // pixels of a side
  Matrix mean, deviation;                                         // of channels [1, c]
  Offset columns() const { return patch * patch * mean.cols(); }  // of a patch
  Grid grid() const { return {std::int32_t(size / patch), std::int32_t(size / patch)}; }
};

// By "image_size", "patch_size" and "num_channels" of `config` and preprocessor_config.json; where that is not there or
// says nothing, `mean` and `deviation`, a number for each channel. A patch that does not divide the image, more than 4
// channels, lists of another length: Error(Fault::input).
ImageInput image_input_of(const nlp::ModelFiles& files, const nlp::ConfigFile& config, Offset size, Offset patch,
                          const std::vector<Real>& mean, const std::vector<Real>& deviation);

// Rows that rows_of(patches) [G, width] gives for images with values in [0, 1], a few at a time. Images of another size
// or with other channels: Error(Fault::input).
Matrix embedded_images(const ImageInput& input, Offset width, const std::function<Var(const Batch& patches)>& rows_of,
                       const Batch& images);

// One file of ours: the weights by our names, `kind` and the folder's small files beside them. Error(Fault::writing).
void write_model(const std::filesystem::path& path, const std::string& kind, const Params& p,
                 const nlp::ModelFiles& files);
// Its weights into all entries of `p`; what is missing, surplus or of another shape: Error(Fault::input).
void take_weights(const Params& p, std::map<std::string, Matrix> matrices, const std::filesystem::path& path);

// A matrix that a configuration asks for, as often as there are layers with it.
struct AskedMatrix {
  Offset rows, cols, copies = 1;
};
// One that holds more numbers than all weights that came: Error(Fault::input) that begins with `origin`. Asked before
// the model is made, so that no configuration takes memory of another order than its weights.
void check_asked(std::span<const AskedMatrix> asked, const std::map<std::string, Matrix>& weights,
                 const std::string& origin);

// Of a transformer: heads that do not divide its width, more than 1,000 layers: Error(Fault::input).
void check_tower(const nlp::ConfigFile& config, Offset layers, Offset width, Offset heads);

}  // namespace pfm
