// The options of vision transformers.
#pragma once
#include <pfm/encoders/vision_transformer.h>
#include <pfm/selfsup/method.h>

namespace pfm {

struct VitDefaults {
  int patch, hidden, layers, heads, feed_forward;
  double dropout = 0;
  const char* pooling = "first";
};

struct VitOptions {
  Offset patch;  // pixels of its side
  TransformerSettings transformer;
  PatchReadout readout;
};

// Asks "patch", "hidden", "layers", "heads", "feed_forward", "dropout" and "pooling" = first (the class row) or mean
// (over the patches).
VitOptions vit_from(const Options& options, VitDefaults fallback);

}  // namespace pfm
