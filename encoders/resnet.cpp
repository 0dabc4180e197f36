#include <pfm/encoders/patches.h>
#include <pfm/encoders/pieces.h>
#include <pfm/encoders/resnet.h>
#include <pfm/nn/activations.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/segments.h>

namespace pfm {

ImageRows image_rows(const Batch& where, const Input& x) {
  const ImageShape shape = image_shape(where, "a convolutional network");
  return {as_var(x), Offset(where.grids.size()), {shape.grid.height, shape.grid.width}};
}

static Windows square(Offset size, Offset stride) {
  return {.size = {size, size}, .stride = {stride, stride}, .padding = {size / 2, size / 2}, .dilation = {1, 1}};
}

ConvolutionNorm::ConvolutionNorm(const Params& p, Offset in, Offset out, Offset window, Offset stride, bool act)
    : convolution(p, in, out, square(window, stride)), norm(p / "norm", out), activate(act) {}

ImageRows ConvolutionNorm::operator()(const ImageRows& images, bool training) const {
  ImageRows y = convolution(images);
  y.x = norm(y.x, training);
  if (activate) y.x = relu(y.x);
  return y;
}

ResidualBlock::ResidualBlock(const Params& p, Offset in, Offset out, Offset stride, bool bottleneck) {
  if (bottleneck) {
    const Offset narrow = out / 4;
    layers.emplace_back(p / "0", in, narrow, 1, 1, true);
    layers.emplace_back(p / "1", narrow, narrow, 3, stride, true);
    layers.emplace_back(p / "2", narrow, out, 1, 1, false);
  } else {
    layers.emplace_back(p / "0", in, out, 3, stride, true);
    layers.emplace_back(p / "1", out, out, 3, 1, false);
  }
  if (in != out || stride != 1) shortcut.emplace(p / "shortcut", in, out, 1, stride, false);
}

ImageRows ResidualBlock::operator()(const ImageRows& images, bool training) const {
  ImageRows y = images;
  for (const ConvolutionNorm& layer : layers) y = layer(y, training);
  const ImageRows other = shortcut ? (*shortcut)(images, training) : images;
  y.x = relu(add(y.x, other.x));
  return y;
}

ResNet::ResNet(const Params& p, Offset channels, const ResNetSettings& s)
    : stem(p / "stem", channels, s.stem, s.large ? 7 : 3, s.large ? 2 : 1, true),
      large(s.large),
      width(int(s.widths.back())) {
  Offset in = s.stem;
  for (std::size_t stage = 0; stage < s.widths.size(); ++stage)
    for (int block = 0; block < s.depths[stage]; ++block) {
      const Params here = p / "stages" / std::to_string(stage) / std::to_string(block);
      blocks.emplace_back(here, in, s.widths[stage], stage > 0 && block == 0 ? 2 : 1, s.bottleneck);
      in = s.widths[stage];
    }
}

ImageRows ResNet::operator()(const ImageRows& images, bool training) const {
  ImageRows y = stem(images, training);
  if (large) y = max_pool(y, square(3, 2));
  for (const ResidualBlock& block : blocks) y = block(y, training);
  return y;
}

namespace {

Var mean_over_pixels(const ImageRows& images) {
  std::vector<Offset> segments;
  for (Offset g = 0; g <= images.images; ++g) segments.push_back(g * images.size.pixels());
  return segment_means(images.x, segments);
}

template <class Network>
Encoder encoder_of(const Network& network, int width) {
  const auto forward = [=](const Batch& where, const Input& x, std::optional<Rng> rng) {
    return mean_over_pixels(network(image_rows(where, x), rng.has_value()));
  };
  return in_pieces({forward, width});
}

Encoder plain(const Params& p, Offset channels) {
  std::vector<ConvolutionNorm> layers;
  Offset in = channels;
  for (const Offset out : {32, 64, 128, 256}) {
    layers.emplace_back(p / std::to_string(layers.size()), in, out, 3, 2, true);
    in = out;
  }
  return encoder_of(
      [=](ImageRows y, bool training) {
        for (const ConvolutionNorm& layer : layers) y = layer(y, training);
        return y;
      },
      int(in));
}

}  // namespace

Encoder convolutional_encoder(const std::string& name, const Params& p, Offset channels) {
  if (name == "cnn4") return plain(p, channels);
  ResNetSettings s{.stem = 16, .widths = {16, 32, 64}, .depths = {1, 1, 1}};
  if (name == "resnet20") s.depths = {3, 3, 3};
  if (name == "resnet18") s.stem = 64, s.widths = {64, 128, 256, 512}, s.depths = {2, 2, 2, 2};
  if (name != "resnet8" && name != "resnet20" && name != "resnet18")
    throw Error(Fault::usage, "option encoder: expected cnn4, resnet8, resnet20 or resnet18, got \"" + name + "\"");
  const ResNet network(p, channels, s);
  return encoder_of(network, network.width);
}

}  // namespace pfm
