// Two-dimensional convolutions of images whose rows are pixels, channels last: oneDNN for float, plain loops for
// double. Letters: n images, h w pixels of the input, H W of the output, c channels in, k out.
#pragma once
#include <pfm/kernels/matrix.h>

namespace pfm {

struct Sides {
  Offset height = 1, width = 1;
  Offset pixels() const { return height * width; }
  friend bool operator==(const Sides&, const Sides&) = default;
};

// Windows that move over an image.
struct Windows {
  Sides size{1, 1}, stride{1, 1}, padding{0, 0};  // padding: zeros on both sides
  Sides dilation{1, 1};                           // 1: neighbouring pixels
  Sides moved_over(const Sides& image) const;     // how many places there are; an image smaller than a window has none
};

struct Convolution2d {
  Offset images = 0;
  Sides image;             // h, w
  Offset in = 0, out = 0;  // c, k
  Windows windows;
  Offset groups = 1;  // of channels: each sees its own part of the input alone
  Sides result() const { return windows.moved_over(image); }
  Offset weight_rows() const { return windows.size.pixels() * in / groups; }
};

// Weights are [height width c / groups, k]: window pixel by window pixel, the channels of a group side by side.
// x [n h w, c], weight -> [n H W, k]
Matrix convolve(const Convolution2d& what, const Matrix& x, const Matrix& weight);
// by [n H W, k], weight -> [n h w, c]
Matrix convolution_input_gradient(const Convolution2d& what, const Matrix& by, const Matrix& weight);
// x [n h w, c], by [n H W, k] -> [height width c / groups, k]; blocks of images in a fixed tree
Matrix convolution_weight_gradient(const Convolution2d& what, const Matrix& x, const Matrix& by);

}  // namespace pfm
