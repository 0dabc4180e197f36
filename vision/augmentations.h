// Random changes of images (Chen et al. 2020, arXiv:2002.05709, appendix A). Values lie in [0, 1] and stay there.
#pragma once
#include <pfm/encoders/patches.h>
#include <pfm/selfsup/corruption.h>

namespace pfm {

// One image, changed in place: values [height width channels].
using ImageChange = std::function<void(const ImageShape& shape, std::span<Real> values, const Rng& rng)>;

// A part of the image, of `least` to `most` of its area and 3/4 to 4/3 as wide as high, stretched over the whole
// (bilinear); where ten draws do not fit, the image as it is.
ImageChange resized_crop(double least, double most);
ImageChange flip(double chance);  // left and right
// With this chance brightness, contrast and, of three channels, saturation are multiplied by 1 +- up to their strength
// and the hue turned by up to `hue` of the circle.
struct Jitter {
  double brightness = 0, contrast = 0, saturation = 0, hue = 0;
};
ImageChange colour_jitter(const Jitter& strength, double chance);
ImageChange grey(double chance);  // of three channels: .299 red + .587 green + .114 blue in each
ImageChange blur(double least, double most, double chance);  // Gaussian, deviation in pixels; edges are repeated
ImageChange solarise(double threshold, double chance);       // values above are turned: 1 - v

// All in their order; image g of the batch and change i draw from rng.split(g).split(i).
Corruption augmented(std::vector<ImageChange> changes);

// Every image twice: first all of them changed by `one`, then all by `two`.  2 G images
Batch two_views(const Batch& images, const Corruption& one, const Corruption& two, const Rng& rng);

}  // namespace pfm
