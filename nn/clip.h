// Gradient clipping.
#pragma once
#include <pfm/nn/params.h>

namespace pfm {

// The Euclidean norm of all gradients below the scope of `p` together, added in the order of names.
double gradient_norm(const Params& p);

// Scales all gradients by min(1, largest / (norm + 1e-6)) and returns the norm before.
double clip_gradients(const Params& p, double largest);

}  // namespace pfm
