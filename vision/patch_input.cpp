#include <pfm/encoders/patches.h>
#include <pfm/vision/patch_input.h>
#include <pfm/vision/pixels.h>

namespace pfm {

PatchInput patch_input(const Params& p, const Dataset& data, Offset patch, const std::string& method) {
  const ImageShape shape = image_shape(data.all, method);
  const auto standardised = standardised_pixels(p / "pixels", data, method);
  return {.prepare = [=](const Batch& images) { return cut_patches(standardised(images), patch); },
          .grid = {std::int32_t(shape.grid.height / patch), std::int32_t(shape.grid.width / patch)},
          .columns = patch * patch * shape.channels};
}

}  // namespace pfm
