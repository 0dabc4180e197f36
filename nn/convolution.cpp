#include <pfm/kernels/parallel.h>
#include <pfm/nn/convolution.h>
#include <pfm/nn/ops.h>

#include <cmath>
#include <limits>

namespace pfm {

Var convolve(const Convolution2d& what, const Var& x, const Var& weight) {
  Matrix y = convolve(what, x.value(), weight.value());
  // dx: the windows the other way round; dw: what each weight met.
  return Var::record(std::move(y), {x, weight}, [=](Matrix& grad) {
    if (weight.wants_gradient()) weight.accumulate(convolution_weight_gradient(what, x.value(), grad));
    if (x.wants_gradient()) x.accumulate(convolution_input_gradient(what, grad, weight.value()));
  });
}

Var convolve_transposed(const Convolution2d& what, const Var& y, const Var& weight) {
  Matrix x = convolution_input_gradient(what, y.value(), weight.value());
  return Var::record(std::move(x), {y, weight}, [=](Matrix& grad) {
    if (weight.wants_gradient()) weight.accumulate(convolution_weight_gradient(what, grad, y.value()));
    if (y.wants_gradient()) y.accumulate(convolve(what, grad, weight.value()));
  });
}

namespace {

// Which rows of an image [0, h w) each place of a window looks at.
using Looked = std::vector<std::vector<NodeId>>;

Looked looked_at(const Sides& image, const Windows& w) {
  const Sides places = w.moved_over(image);
  Looked all;
  for (Offset y = 0; y < places.height; ++y)
    for (Offset x = 0; x < places.width; ++x) {
      std::vector<NodeId>& here = all.emplace_back();
      for (Offset i = 0; i < w.size.height; ++i)
        for (Offset j = 0; j < w.size.width; ++j) {
          const Offset row = y * w.stride.height - w.padding.height + i * w.dilation.height;
          const Offset column = x * w.stride.width - w.padding.width + j * w.dilation.width;
          if (row >= 0 && row < image.height && column >= 0 && column < image.width)
            here.push_back(NodeId(row * image.width + column));
        }
    }
  return all;
}

// body(g, place, rows) for each place of each image; an image is one task's.
template <class Body>
void each_place(Offset images, const Looked& looked, Body body) {
  parallel_for(images, 8, [&](Offset begin, Offset end) {
    for (Offset g = begin; g < end; ++g)
      for (std::size_t place = 0; place < looked.size(); ++place) body(g, Offset(place), looked[place]);
  });
}

// Means of what is looked at, each weighted by scale[place].
ImageRows weighted_sums(const ImageRows& images, std::shared_ptr<const Looked> looked, std::vector<Real> scale,
                        const Sides& size) {
  const Offset c = images.channels(), pixels = images.size.pixels(), n = images.images;
  const auto places = Offset(looked->size());
  Matrix out = Matrix::zeros(n * places, c);
  each_place(n, *looked, [&](Offset g, Offset place, const std::vector<NodeId>& rows) {
    Real* __restrict to = out.data() + (g * places + place) * c;
    for (const NodeId row : rows) {
      const Real* __restrict from = images.x.value().data() + (g * pixels + row) * c;
      for (Offset j = 0; j < c; ++j) to[j] += scale[std::size_t(place)] * from[j];
    }
  });
  const Var x = images.x.slot();
  auto backward = [=](const Matrix& grad) {
    Matrix d = Matrix::zeros(n * pixels, c);
    each_place(n, *looked, [&](Offset g, Offset place, const std::vector<NodeId>& rows) {
      const Real* __restrict from = grad.data() + (g * places + place) * c;
      for (const NodeId row : rows) {
        Real* __restrict to = d.data() + (g * pixels + row) * c;
        for (Offset j = 0; j < c; ++j) to[j] += scale[std::size_t(place)] * from[j];
      }
    });
    x.accumulate(std::move(d));
  };
  return {Var::record(std::move(out), {images.x}, Var::Backward(backward)), n, size};
}

}  // namespace

ImageRows max_pool(const ImageRows& images, const Windows& windows) {
  const Offset c = images.channels(), pixels = images.size.pixels(), n = images.images;
  const Looked looked = looked_at(images.size, windows);
  const auto places = Offset(looked.size());
  Matrix out = Matrix::filled(n * places, c, -std::numeric_limits<Real>::infinity());
  const auto chosen = std::make_shared<std::vector<NodeId>>(std::size_t(out.size()));
  each_place(n, looked, [&](Offset g, Offset place, const std::vector<NodeId>& rows) {
    const Offset to = (g * places + place) * c;
    for (const NodeId row : rows)
      for (Offset j = 0; j < c; ++j)
        if (const Real v = images.x.value()(g * pixels + row, j); v > out.data()[to + j])
          out.data()[to + j] = v, (*chosen)[std::size_t(to + j)] = row;
  });
  const Var x = images.x.slot();
  auto backward = [=](const Matrix& grad) {
    Matrix d = Matrix::zeros(n * pixels, c);
    parallel_for(n, 8, [&](Offset begin, Offset end) {
      for (Offset i = begin * places; i < end * places; ++i)
        for (Offset j = 0; j < c; ++j) d(i / places * pixels + (*chosen)[std::size_t(i * c + j)], j) += grad(i, j);
    });
    x.accumulate(std::move(d));
  };
  return {Var::record(std::move(out), {images.x}, Var::Backward(backward)), n, windows.moved_over(images.size)};
}

ImageRows mean_pool(const ImageRows& images, const Windows& windows) {
  const auto looked = std::make_shared<const Looked>(looked_at(images.size, windows));
  return weighted_sums(images, looked, std::vector<Real>(looked->size(), 1 / Real(windows.size.pixels())),
                       windows.moved_over(images.size));
}

ImageRows adaptive_mean_pool(const ImageRows& images, const Sides& parts) {
  const auto begin = [](Offset i, Offset length, Offset count) { return i * length / count; };
  const auto end = [](Offset i, Offset length, Offset count) { return ((i + 1) * length + count - 1) / count; };
  Looked looked;
  std::vector<Real> scale;
  const Sides& s = images.size;
  for (Offset y = 0; y < parts.height; ++y)
    for (Offset x = 0; x < parts.width; ++x) {
      std::vector<NodeId>& here = looked.emplace_back();
      for (Offset i = begin(y, s.height, parts.height); i < end(y, s.height, parts.height); ++i)
        for (Offset j = begin(x, s.width, parts.width); j < end(x, s.width, parts.width); ++j)
          here.push_back(NodeId(i * s.width + j));
      scale.push_back(1 / Real(here.size()));
    }
  return weighted_sums(images, std::make_shared<const Looked>(std::move(looked)), std::move(scale), parts);
}

ConvolutionLayer::ConvolutionLayer(const Params& p, Offset in, Offset out, const Windows& over, Bias with, Offset parts)
    : weight(p.normal("weight", over.size.pixels() * in / parts, out,
                      std::sqrt(2.0 / double(over.size.pixels() * in / parts)))),
      windows(over),
      groups(parts) {
  if (with == Bias::yes) bias = p.constant("bias", 1, out, 0);
}

ImageRows ConvolutionLayer::operator()(const ImageRows& images) const {
  const Convolution2d what{images.images, images.size, images.channels(), weight.cols(), windows, groups};
  const Var y = convolve(what, images.x, weight);
  return {bias ? add_row(y, bias) : y, images.images, what.result()};
}

}  // namespace pfm
