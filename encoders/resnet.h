// Convolutional networks: residual ones (He et al. 2016, arXiv:1512.03385) and a plain one of four layers.
#pragma once
#include <pfm/encoders/encoder.h>
#include <pfm/nn/convolution.h>

#include <string>

namespace pfm {

// The rows of a batch of images, all of one size: Error(input).
ImageRows image_rows(const Batch& where, const Input& x);

// Convolution without bias, BatchNorm ("norm") and, where asked, relu.
struct ConvolutionNorm {
  ConvolutionNorm(const Params& p, Offset in, Offset out, Offset window, Offset stride, bool activate);
  ImageRows operator()(const ImageRows& images, bool training) const;
  ConvolutionLayer convolution;
  BatchNorm norm;
  bool activate;
};

// relu(f(x) + shortcut(x)), f of two layers of 3 x 3, or of 1 x 1, 3 x 3 and 1 x 1 with a quarter of the columns
// between them; the stride is that of the first 3 x 3. The shortcut is a layer of 1 x 1 where size or width change.
struct ResidualBlock {
  // "0", "1", .. and "shortcut"
  ResidualBlock(const Params& p, Offset in, Offset out, Offset stride, bool bottleneck);
  ImageRows operator()(const ImageRows& images, bool training) const;
  std::vector<ConvolutionNorm> layers;
  std::optional<ConvolutionNorm> shortcut;
};

struct ResNetSettings {
  bool large = false;          // images of 224 pixels and the like: a first layer of 7 x 7, stride 2, and max pooling
  Offset stem = 16;            // columns of the first layer
  std::vector<Offset> widths;  // of the stages; each but the first halves height and width
  std::vector<int> depths;     // blocks of each
  bool bottleneck = false;
};

struct ResNet {
  // "stem", "stages.0.0", "stages.0.1", ..
  ResNet(const Params& p, Offset channels, const ResNetSettings& settings);
  ImageRows operator()(const ImageRows& images, bool training) const;  // before the mean over pixels
  ConvolutionNorm stem;
  bool large;
  std::vector<ResidualBlock> blocks;
  int width;
};

// A row per image, the mean over the last layer's pixels: cnn4 (four layers of 3 x 3, stride 2: 32, 64, 128, 256
// columns), resnet8, resnet20 (3 x 3 first, three stages of 16, 32, 64 columns with 1 or 3 blocks each), resnet18
// (64, 128, 256, 512 columns, two blocks each). Another name is the user's fault.
Encoder convolutional_encoder(const std::string& name, const Params& p, Offset channels);

}  // namespace pfm
