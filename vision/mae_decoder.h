// The decoder of masked autoencoders (He et al. 2022, arXiv:2111.06377).
#pragma once
#include <pfm/vision/patch_masks.h>

namespace pfm {

struct MaeDecoder {
  // "in" Linear, "token" normal .02, "positions" sines, "layers.0", .., "norm", "out" Linear to a patch's `columns`.
  MaeDecoder(const Params& p, Offset from, Offset columns, const Grid& grid, const TransformerSettings& settings);

  // From the rows that the encoder gives for the kept patches, class row first [kept + G, from], those of all patches
  // after the last norm, class rows first: the token stands for what is hidden.  -> [n + G, d]
  Var rows(const Var& codes, const Batch& patches, const PatchMask& mask) const;
  // The hidden patches rebuilt, for which the last layer computes their rows alone.  -> [hidden, columns]
  Var operator()(const Var& codes, const Batch& patches, const PatchMask& mask, const std::optional<Rng>& rng) const;

  Linear in;
  Var token, positions;
  Transformer transformer;
  Linear out;

 private:
  Var entering(const Var& codes, const Batch& patches, const PatchMask& mask) const;  // -> [n + G, d]
};

}  // namespace pfm
