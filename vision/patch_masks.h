// Which patches of images are hidden.
#pragma once
#include <pfm/encoders/vision_transformer.h>

namespace pfm {

struct PatchMask {
  PatchRows kept;                   // what the encoder sees, as rows of its own
  std::vector<NodeId> kept_rows;    // [n] rows of the batch, ascending
  std::vector<NodeId> hidden_rows;  // the others, ascending
};

// Of each image the share `rate` of its patches, rounded up, drawn uniformly (MAE, arXiv:2111.06377); at least one is
// kept. Image g of the batch draws from rng.split(g).
PatchMask random_patch_mask(const Batch& patches, double rate, const Rng& rng);

// Of each image floor(rate n) of its n patches in blocks (BEiT, arXiv:2106.08254, algorithm 1): while patches are
// wanted, a block with an area between 16 of 196 patches and what is wanted, of 0.3 to 1 / 0.3 as high as wide
// (uniform in its logarithm), at any place; of the last one the first rows. Ascending rows of the batch. Image g draws
// from rng.split(g).
std::vector<NodeId> block_patch_mask(const Batch& patches, double rate, const Rng& rng);

// The same as random_patch_mask() from a list of what is hidden: hidden [n], one per row of the batch.
PatchMask patch_mask(const Batch& patches, const std::vector<char>& hidden);

// A patch's values minus their mean, divided by sqrt(variance + 1e-6), the variance unbiased.  [n, k]
Matrix normalised_patches(const Matrix& patches);

}  // namespace pfm
