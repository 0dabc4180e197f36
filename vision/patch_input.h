// How images enter a transformer over their patches.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/nn/params.h>

#include <functional>

namespace pfm {

struct PatchInput {
  std::function<Batch(const Batch&)> prepare;  // images -> standardised patches
  Grid grid;                                   // of an image's patches
  Offset columns = 0;                          // numbers of a patch
};

// Patches of patch x patch pixels; "pixels" below `p` is as standardised_pixels() has it (vision/pixels.h). Images of
// several sizes: Error(Fault::input), naming `method`.
PatchInput patch_input(const Params& p, const Dataset& data, Offset patch, const std::string& method);

}  // namespace pfm
