// What the tensors of other projects' vision models are called here (transformers' names; ours are those of
// encoders/vision_transformer.h, vision/mae_decoder.h and encoders/resnet.h).
#pragma once
#include <pfm/encoders/resnet.h>
#include <pfm/encoders/vision_transformer.h>

#include <map>

namespace pfm {

struct ImageTensor {
  // How theirs lies: row [n]; table [1, n, d]; linear [out, in]; kernel [out, in, height, width].
  enum class Layout { row, table, linear, kernel };
  std::string theirs, ours;
  Layout layout;
};
using ImageTensors = std::vector<ImageTensor>;

// Of a Linear and of a norm, "weight" and "bias" there.
void linear_tensors(ImageTensors& names, const std::string& theirs, const std::string& ours);
void norm_tensors(ImageTensors& names, const std::string& theirs, const std::string& ours);

// ViT with `layers` layers: theirs below "vit.", ours below "encoder.", and the classifier, ours "finetune".
ImageTensors vit_tensors(int layers);
// ViT-MAE: encoder likewise, theirs "decoder." ours too.
ImageTensors mae_tensors(int layers, int decoder_layers);
// BEiT for masked patches: theirs below "beit.", ours below "encoder.", and the codes' scores, ours "codes".
ImageTensors beit_tensors(int layers, VisionTransformer::Positions positions, VisionParts::Relative relative);
// ResNet of blocks of `depths` stages: theirs below "resnet.", ours below "encoder.", and the classifier, ours
// "finetune". `network` says which blocks have a shortcut.
ImageTensors resnet_tensors(const ResNet& network, const std::vector<int>& depths);

// Matrices laid out as ours are, and back; `ours` has our shape.
Matrix as_ours(const ImageTensor& name, const Matrix& theirs, Offset rows, Offset cols);
Matrix as_theirs(const ImageTensor& name, const Matrix& ours, Offset window_pixels);

// Puts every tensor of the list into its entry of `p`. A tensor that is missing or has another number of values, or one
// that no name stands for (but counters of batches): Error(Fault::input) that names it and begins with `origin`.
void put_weights(const Params& p, const ImageTensors& names, const std::map<std::string, Matrix>& theirs,
                 const std::string& origin);

}  // namespace pfm
