// A start of weights that has no tails.
#pragma once
#include <pfm/nn/params.h>

namespace pfm {

// The parameter `name` [rows, cols], started from the normal distribution of this deviation cut at two of them (BERT,
// ViT: 0.02). One that is there already stays as it is.
Var truncated_normal(const Params& p, const std::string& name, Offset rows, Offset cols, double deviation);

}  // namespace pfm
