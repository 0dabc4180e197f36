// Decoded images as a data set: rows are pixels, a segment is an image.
#pragma once
#include <pfm/graph/dataset.h>

#include <cstdint>

namespace pfm::io {

struct Images {
  std::vector<std::uint8_t> values;      // image after image, row by row, the channels of a pixel side by side
  std::vector<Grid> grids;               // [G]
  Offset channels = 1;                   // of every image
  std::vector<std::int32_t> classes;     // [G], -1 = unlabelled; empty = none
  std::vector<std::string> class_names;  // may be empty
  std::size_t test = 0;                  // so many of the last images are for testing; 0 = no image is set apart
};

constexpr Offset most_pixels = Offset{1} << 30;  // of all images together
constexpr Offset longest_side = 16384;           // of one image

// Pixels divided by 255; "train" and "test" where images are set apart. Error(Fault::input) that begins with `name`: no
// images, more than most_pixels, or the name of a class that is not UTF-8.
Dataset image_dataset(const std::string& name, Images images);

}  // namespace pfm::io
