// Images as patches: rows of a batch that hold a square of pixels each (Dosovitskiy et al. 2021, arXiv:2010.11929).
#pragma once
#include <pfm/graph/batch.h>

namespace pfm {

// What the images of a batch have in common.
struct ImageShape {
  Grid grid;
  Offset channels = 0;
  Offset rows() const { return Offset(grid.height) * grid.width; }
  Offset values() const { return rows() * channels; }
};

// Images, all of one size: Error(input), naming `what` and what came, if they are none or differ.
ImageShape image_shape(const Batch& batch, const std::string& what);

// Row (i, j) of each image's new grid, row by row: its size x size pixels, row by row, the channels of a pixel side by
// side. Error(input) where `size` does not divide height and width.
// [G h w, c] -> [G (h / size) (w / size), size size c]
Batch cut_patches(const Batch& images, Offset size);

// Sines and cosines of a patch's place (He et al. 2022, arXiv:2111.06377): the first half of the columns for the place
// in its row, the other for that in its column; of each half, sin(x / 10000^(2 i / half)) and then the cosines.
// `width` is a multiple of 4.  -> [h w, width]
Matrix sine_positions(const Grid& grid, Offset width);

}  // namespace pfm
