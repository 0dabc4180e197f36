// Convolution and pooling of images whose rows are pixels, each with its gradient. Letters: n images, h w pixels of the
// input, H W of the output, c channels in, k out.
#pragma once
#include <pfm/kernels/convolution.h>
#include <pfm/nn/layers.h>

namespace pfm {

// Images of one size: rows are pixels, row by row, image after image.
struct ImageRows {
  Var x;  // [n h w, c]
  Offset images = 0;
  Sides size;
  Offset channels() const { return x.cols(); }
};

// x [n h w, c], weight [height width c / groups, k] -> [n H W, k]
Var convolve(const Convolution2d& what, const Var& x, const Var& weight);

// The map that is the gradient of convolve() by x, for decoders that enlarge (Zeiler et al. 2010): `what` is of the
// result.  y [n H W, k], weight [height width c / groups, k] -> [n h w, c]
Var convolve_transposed(const Convolution2d& what, const Var& y, const Var& weight);

// The largest of each window, channel by channel; the gradient goes to the first of equals. Padding is never largest.
ImageRows max_pool(const ImageRows& images, const Windows& windows);
// The mean of each window; zeros of the padding count.
ImageRows mean_pool(const ImageRows& images, const Windows& windows);
// The mean over parts of each image, `parts` of them: part i of a side of length l is [i l / parts, ceil((i + 1) l /
// parts)).
ImageRows adaptive_mean_pool(const ImageRows& images, const Sides& parts);

struct ConvolutionLayer {
  enum class Bias : bool { no, yes };
  // "weight" [height width in / groups, out], normal with deviation sqrt(2 / rows) (He et al. 2015, arXiv:1502.01852),
  // "bias" zero.
  ConvolutionLayer(const Params& p, Offset in, Offset out, const Windows& windows, Bias with = Bias::no,
                   Offset groups = 1);
  ImageRows operator()(const ImageRows& images) const;
  Var weight, bias;  // bias may be none
  Windows windows;
  Offset groups;
};

}  // namespace pfm
