// Features in few columns.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/kernels/svd.h>

namespace pfm {

// The `count` largest singular values of x [N, F], at most min(N, F) of them. Not centred, so that sparse rows stay
// sparse: left diag(values) are the coordinates of principal components about the origin.
Svd feature_svd(const Features& x, int count, Rng rng);

}  // namespace pfm
