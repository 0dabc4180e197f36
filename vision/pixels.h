// Pixels as networks get them.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/nn/params.h>

#include <functional>

namespace pfm {

// Every channel minus its mean over the pixels of `data`, divided by its deviation: "mean" and "deviation" [1, c],
// states of `p`, so that other images are changed as those were. Images all of one size: Error(input), naming `method`.
std::function<Batch(const Batch&)> standardised_pixels(const Params& p, const Dataset& data, const std::string& method);

}  // namespace pfm
