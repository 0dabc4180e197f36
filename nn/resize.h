// Images stretched to another size, with gradient; the numbers are those of PyTorch's interpolate(). Letters: n images,
// h w pixels of the input, H W of the output, c channels.
#pragma once
#include <pfm/nn/convolution.h>

namespace pfm {

// What a pixel of the result is made of, along either side: 2 of the input's, or 4 by Keys' cubic with a = -3/4 (1981);
// beyond an edge stands the last pixel.
enum class Interpolation { bilinear, bicubic };
// Where pixel i of L lies among l: at (i + 1/2) l / L - 1/2 (pixels are areas), or at i (l - 1) / (L - 1) (corners
// meet).
enum class Alignment { areas, corners };

// [n h w, c] -> [n H W, c]
ImageRows resize(const ImageRows& images, const Sides& size, Interpolation how, Alignment where = Alignment::areas);

}  // namespace pfm
