// Objectives as functions of Vars.
#pragma once
#include <pfm/nn/tape.h>

namespace pfm {

// Deep Graph Infomax (arXiv:1809.10341, eq. 1): binary cross-entropy of scores that shall be 1 and 0, mean over all.
// positive [n, 1], negative [m, 1] logits -> [1, 1]
Var dgi_loss(const Var& positive, const Var& negative);

}  // namespace pfm
