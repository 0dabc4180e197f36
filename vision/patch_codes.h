// Words for patches: a discrete variational autoencoder (Ramesh et al. 2021, arXiv:2102.12092, section 2.1) of single
// patches. Letters: n patches, k their values, V codes.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/nn/layers.h>

namespace pfm {

// A patch's code is the largest of the scores that "tokenizer", a perceptron of one hidden layer, gives.
struct PatchCodes {
  PatchCodes(const Params& p, Offset columns, int codes);
  std::vector<std::int32_t> operator()(const Matrix& patches) const;  // [n, k] -> [n], below V
  Mlp scores;
};

struct CodeTraining {
  int steps = 300;
  double divergence = 0.1;  // weight of KL(codes of a patch | uniform) at the end
};

// Trains such an autoencoder on `patches` [n, k] and leaves its encoder in `p` as states, "tokenizer": mean squared
// error of a decoder that gets a mixture of rows of a table by the Gumbel softmax of the scores, plus the divergence.
// Its temperature falls from 1 to 1/16, the weight of the divergence rises from 0, both along a cosine; Adam, 512
// drawn patches a step.
PatchCodes learn_patch_codes(const Params& p, const Matrix& patches, int codes, const CodeTraining& training, Rng rng);

}  // namespace pfm
