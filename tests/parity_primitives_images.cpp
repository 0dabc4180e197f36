// primitives/: convolutions, pooling and sizes of images.
#include <pfm/nn/convolution.h>
#include <pfm/nn/norms.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/resize.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/parity_primitives.h>

namespace pfm::parity {
namespace {

// Images [b, c, h, w], or [b, c, w] as images of one row.
ImageRows image_rows(Primitive& p) {
  const std::vector<Offset>& shape = p.group.array("input/input").shape;
  p.result = Layout::channels;
  const Offset height = shape.size() == 4 ? shape[2] : 1;
  return {p.input("input", Layout::channels), shape[0], {height, shape.back()}};
}

// Kernel, stride, padding and dilation are one number for both sides; images of one row have them along it alone.
Windows windows_of(Primitive& p, const ImageRows& images, Offset height, Offset width) {
  const auto both = [&](const char* name, Offset otherwise) {
    const auto given = Offset(p.option(name, Real(otherwise)));
    return Sides{images.size.height == 1 ? otherwise : given, given};
  };
  return {{height, width}, both("stride", 1), both("padding", 0), both("dilation", 1)};
}

// Weights [out, in / groups, height, width].
Var convolution_case(Primitive& p) {
  const ImageRows images = image_rows(p);
  const std::vector<Offset>& shape = p.group.array("param/weight").shape;
  const Offset height = shape.size() == 4 ? shape[2] : 1;
  const Var weight = p.param("weight", Layout::kernel);
  const Convolution2d what{images.images,
                           images.size,
                           images.channels(),
                           shape[0],
                           windows_of(p, images, height, shape.back()),
                           Offset(p.option("groups", 1))};
  const Var y = convolve(what, images.x, weight);
  return p.group.has("param/bias") ? add_row(y, p.param("bias")) : y;
}

// Weights [in, out, height, width]: those of the convolution whose gradient by its input this is.
Var transposed_convolution_case(Primitive& p) {
  const ImageRows images = image_rows(p);
  const std::vector<Offset>& shape = p.group.array("param/weight").shape;
  const std::vector<Offset>& result = p.group.array("cotangent").shape;
  const Convolution2d what{
      images.images, {result[2], result[3]}, shape[1], shape[0], windows_of(p, images, shape[2], shape[3])};
  return add_row(convolve_transposed(what, images.x, p.param("weight", Layout::kernel)), p.param("bias"));
}

// Weights g v / |v|, the norm over all but the kernel's axis.
Var weight_norm_case(Primitive& p) {
  const ImageRows images = image_rows(p);
  const std::vector<Offset>& shape = p.group.array("param/parametrizations.weight.original1").shape;
  const Var v = p.param("parametrizations.weight.original1", Layout::kernel);
  const Var g = p.param("parametrizations.weight.original0", Layout::column);
  const Var unit = l2_normalise(reshape(v, shape[2], shape[0] * shape[1]));
  Windows windows{.size = {1, shape[2]}};
  windows.padding.width = shape[2] / 2;
  const Convolution2d what{images.images, images.size, images.channels(), shape[0], windows};
  return add_row(convolve(what, images.x, reshape(multiply_column(unit, g), v.rows(), v.cols())), p.param("bias"));
}

Run resize_case(Interpolation how, Alignment where) {
  return [=](Primitive& p) {
    const std::vector<Offset>&shape = p.group.array("input/x").shape, &result = p.group.array("cotangent").shape;
    p.result = Layout::channels;
    const ImageRows images{p.input("x", Layout::channels), shape[0], {shape[2], shape[3]}};
    return resize(images, {result[2], result[3]}, how, where).x;
  };
}

Run pooling_case(ImageRows (*pool)(const ImageRows&, const Windows&)) {
  return [pool](Primitive& p) {
    const ImageRows images = image_rows(p);
    const auto size = Offset(p.option("kernel"));
    return pool(images, windows_of(p, images, size, size)).x;
  };
}

Var adaptive_pooling_case(Primitive& p) {
  const ImageRows images = image_rows(p);
  const std::vector<Offset>& shape = p.group.array("cotangent").shape;
  return adaptive_mean_pool(images, {shape[2], shape[3]}).x;
}

}  // namespace

std::vector<Named> image_primitives() {
  return {
      {"adaptive_avg_pool2d", adaptive_pooling_case},
      {"avg_pool2d", pooling_case(mean_pool)},
      {"conv1d_groups", convolution_case},
      {"conv1d_stride", convolution_case},
      {"conv1d_weight_norm", weight_norm_case},
      {"conv2d", convolution_case},
      {"conv2d_dilated", convolution_case},
      {"conv2d_patch", convolution_case},
      {"conv_transpose2d", transposed_convolution_case},
      {"max_pool2d", pooling_case(max_pool)},
      {"resize_bicubic_align0", resize_case(Interpolation::bicubic, Alignment::areas)},
      {"resize_bicubic_align1", resize_case(Interpolation::bicubic, Alignment::corners)},
      {"resize_bilinear_align0", resize_case(Interpolation::bilinear, Alignment::areas)},
      {"resize_bilinear_align1", resize_case(Interpolation::bilinear, Alignment::corners)},
  };
}

}  // namespace pfm::parity
