#include <pfm/nn/activations.h>
#include <pfm/vision/contrast.h>
#include <pfm/vision/pixels.h>

namespace pfm {

ContrastOptions contrast_from(const Options& o, const Dataset& data, const char* encoder) {
  const bool grey = data.all.x.cols() == 1;
  ContrastOptions contrast{.encoder = o("encoder", encoder),
                           .crop = o("crop", grey ? 0.3 : 0.08),
                           .flips = o("flip", true),
                           .jitter = o("jitter", 0.5),
                           .blurs = o("blur", 0.5),
                           .targets = targets_from(o)};
  if (!(contrast.crop > 0 && contrast.crop <= 1)) throw Error(Fault::usage, "option crop: above 0, at most 1");
  if (!(contrast.jitter >= 0)) throw Error(Fault::usage, "option jitter: at least 0");
  if (!(contrast.blurs >= 0 && contrast.blurs <= 1)) throw Error(Fault::usage, "option blur: from 0 to 1");
  return contrast;
}

Corruption view_of(const ContrastOptions& o) {
  const double s = o.jitter;
  std::vector<ImageChange> changes{resized_crop(o.crop, 1)};
  if (o.flips) changes.push_back(flip(0.5));
  changes.push_back(colour_jitter({0.8 * s, 0.8 * s, 0.8 * s, 0.2 * s}, 0.8));
  changes.push_back(grey(0.2));
  changes.push_back(blur(0.1, 2, o.blurs));
  if (o.solarises > 0) changes.push_back(solarise(0.5, o.solarises));
  return augmented(std::move(changes));
}

Encoder image_network(const Params& p, const Dataset& data, const std::string& kind, const std::string& method) {
  const auto standardised = standardised_pixels(p / "pixels", data, method);
  const Encoder network = convolutional_encoder(kind, p / "encoder", data.all.x.cols());
  const auto forward = [=](const Batch& where, const Input&, std::optional<Rng> rng) {
    return network(standardised(where), rng);
  };
  return {forward, network.width};
}

NormMlp::NormMlp(const Params& p, Offset in, Offset hidden, Offset out)
    : first(p / "0", in, hidden, Linear::Bias::no), norm(p / "norm", hidden), last(p / "1", hidden, out) {}

Var NormMlp::operator()(const Var& x, bool training) const { return last(relu(norm(first(x), training))); }

}  // namespace pfm
