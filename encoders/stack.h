// Layers on top of each other.
#pragma once
#include <pfm/encoders/convolutions.h>

namespace pfm {

struct StackSettings {
  std::string kind = "gcn";  // encoders/convolutions.h
  Offset hidden = 512;
  Offset out = 0;  // of the last layer; 0 = hidden
  int layers = 1;
  std::string activation = "prelu";  // encoders/activation.h; prelu has a slope per layer
  bool activate_last = true;         // the last layer too is normalised and activated
  Real dropout = 0;                  // of what enters each layer, in training
  bool batch_norm = false;           // between convolution and activation
  bool norm_last = false;            // BatchNorm behind the activation instead
  bool all_layers = false;           // the rows of all layers side by side instead of the last one's
  bool skip = false;                 // adds a layer's input to its result where their widths agree
  ConvolutionSettings convolution = {};
};

// Of a sampled neighbourhood (Batch::hops) the seeds' rows; with as many layers as hops each computes only the rows
// that are still needed. A layer: dropout, convolution, BatchNorm, activation, skip; names "0.weight", "0.norm.scale",
// "0.slope", "1.weight",
// .. A kind that propagates once does so in the last layer, behind linear ones. `in` columns of the input ("table":
// items). A wrong name is the user's fault.
Encoder stack(const Params& p, Offset in, const StackSettings& settings);

}  // namespace pfm
