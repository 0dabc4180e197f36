// What methods share that compare two views of images: options, network, views.
#pragma once
#include <pfm/encoders/resnet.h>
#include <pfm/selfsup/method.h>
#include <pfm/selfsup/pretext_targets.h>
#include <pfm/vision/augmentations.h>

namespace pfm {

struct ContrastOptions {
  std::string encoder;  // encoders/resnet.h
  double crop = 0;      // smallest part of the area
  bool flips = false;
  double jitter = 0;                // strength of all changes of colour
  double blurs = 0, solarises = 0;  // chances
  PretextTargets targets = {};
};

// Asks "encoder", "crop", "flip", "jitter", "blur", "targets". Crop and jitter by default as for grey images where
// these are grey: no smaller part than .3, brightness and contrast alone.
ContrastOptions contrast_from(const Options& options, const Dataset& data, const char* encoder = "resnet8");

// SimCLR's changes, and solarising where it is asked for.
Corruption view_of(const ContrastOptions& options);

// A network of images as they are in the file: their channels are standardised first ("pixels"), "encoder" follows.
Encoder image_network(const Params& p, const Dataset& data, const std::string& kind, const std::string& method);

// Linear, BatchNorm, relu, Linear: "0", "norm", "1".
struct NormMlp {
  NormMlp(const Params& p, Offset in, Offset hidden, Offset out);
  Var operator()(const Var& x, bool training) const;  // [n, in] -> [n, out]
  Linear first;
  BatchNorm norm;
  Linear last;
};

}  // namespace pfm
