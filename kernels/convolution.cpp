#include <pfm/kernels/convolution.h>
#include <pfm/kernels/parallel.h>

#ifndef PFM_DOUBLE
#include <pfm/kernels/onednn.h>
#endif

namespace pfm {

Sides Windows::moved_over(const Sides& image) const {
  const auto places = [](Offset length, Offset window, Offset step, Offset pad, Offset apart) {
    const Offset room = length + 2 * pad - (apart * (window - 1) + 1);
    return room < 0 ? 0 : room / step + 1;
  };
  return {places(image.height, size.height, stride.height, padding.height, dilation.height),
          places(image.width, size.width, stride.width, padding.width, dilation.width)};
}

namespace {

// Images a task: of a batch a sixteenth, whatever the threads, but enough pixels to pay for a call.
Offset images_a_task(const Convolution2d& what) {
  return std::max({Offset{1}, (what.images + 15) / 16, 4096 / std::max<Offset>(1, what.image.pixels())});
}

void expect_shapes(const Convolution2d& what, const Matrix* x, const Matrix* weight, const Matrix* by) {
  const Offset places = what.result().pixels();
  expect(what.in % what.groups == 0 && what.out % what.groups == 0, "convolution: groups divide the channels");
  expect(!x || (x->rows() == what.images * what.image.pixels() && x->cols() == what.in), "convolution: x [n h w, c]");
  expect(!by || (by->rows() == what.images * places && by->cols() == what.out), "convolution: a result [n H W, k]");
  expect(!weight || (weight->rows() == what.weight_rows() && weight->cols() == what.out),
         "convolution: weights [height width c / groups, k]");
}

Convolution2d of_images(Convolution2d what, Offset images) {
  what.images = images;
  return what;
}

#ifdef PFM_DOUBLE

// visit(row of x, row of the result, first row of the window pixel's weights) for all that meet.
template <class Visit>
void each_meeting(const Convolution2d& what, Offset begin, Offset end, Visit visit) {
  const Windows& w = what.windows;
  const Sides places = what.result();
  for (Offset g = begin; g < end; ++g)
    for (Offset y = 0; y < places.height; ++y)
      for (Offset x = 0; x < places.width; ++x)
        for (Offset i = 0; i < w.size.height; ++i)
          for (Offset j = 0; j < w.size.width; ++j) {
            const Offset row = y * w.stride.height - w.padding.height + i * w.dilation.height;
            const Offset column = x * w.stride.width - w.padding.width + j * w.dilation.width;
            if (row < 0 || row >= what.image.height || column < 0 || column >= what.image.width) continue;
            visit((g * what.image.height + row) * what.image.width + column, (g * places.height + y) * places.width + x,
                  (i * w.size.width + j) * what.in / what.groups);
          }
}

// body(a, b, weight row, weight column) for each channel of the input and of the output that a window joins.
template <class Body>
void each_channel(const Convolution2d& what, Body body) {
  const Offset in = what.in / what.groups, out = what.out / what.groups;
  for (Offset g = 0; g < what.groups; ++g)
    for (Offset a = 0; a < in; ++a)
      for (Offset b = 0; b < out; ++b) body(g * in + a, g * out + b, a, g * out + b);
}

void forward(const Convolution2d& what, const Real* x, const Matrix& weight, Real* y) {
  each_meeting(what, 0, what.images, [&](Offset from, Offset to, Offset first) {
    each_channel(what, [&](Offset a, Offset b, Offset row, Offset column) {
      y[to * what.out + b] += x[from * what.in + a] * weight(first + row, column);
    });
  });
}

void input_gradient(const Convolution2d& what, const Real* by, const Matrix& weight, Real* dx) {
  each_meeting(what, 0, what.images, [&](Offset from, Offset to, Offset first) {
    each_channel(what, [&](Offset a, Offset b, Offset row, Offset column) {
      dx[from * what.in + a] += by[to * what.out + b] * weight(first + row, column);
    });
  });
}

Matrix weight_gradient(const Convolution2d& what, const Real* x, const Real* by) {
  Matrix d = Matrix::zeros(what.weight_rows(), what.out);
  each_meeting(what, 0, what.images, [&](Offset from, Offset to, Offset first) {
    each_channel(what, [&](Offset a, Offset b, Offset row, Offset column) {
      d(first + row, column) += x[from * what.in + a] * by[to * what.out + b];
    });
  });
  return d;
}

#else

using dnnl::memory;
using Tag = memory::format_tag;

// How oneDNN sees a convolution. Weights are in the order it likes best; ours are `given`.
struct Described {
  explicit Described(const Convolution2d& what)
      : x({what.images, what.in, what.image.height, what.image.width}, memory::data_type::f32, Tag::nhwc),
        y({what.images, what.out, what.result().height, what.result().width}, memory::data_type::f32, Tag::nhwc),
        given(weight_dims(what), memory::data_type::f32, what.groups > 1 ? Tag::hwigo : Tag::hwio),
        weight(weight_dims(what), memory::data_type::f32, Tag::any),
        stride{what.windows.stride.height, what.windows.stride.width},
        dilation{what.windows.dilation.height - 1, what.windows.dilation.width - 1},
        padding{what.windows.padding.height, what.windows.padding.width},
        // What the last window does not reach is cut off.
        padding_end{end_of(what.image.height, what.result().height, what.windows.size.height,
                           what.windows.stride.height, what.windows.padding.height, what.windows.dilation.height),
                    end_of(what.image.width, what.result().width, what.windows.size.width, what.windows.stride.width,
                           what.windows.padding.width, what.windows.dilation.width)} {}

  static memory::dims weight_dims(const Convolution2d& what) {
    const Sides& size = what.windows.size;
    if (what.groups == 1) return {what.out, what.in, size.height, size.width};
    return {what.groups, what.out / what.groups, what.in / what.groups, size.height, size.width};
  }
  static Offset end_of(Offset length, Offset places, Offset window, Offset step, Offset pad, Offset apart) {
    return (places - 1) * step + apart * (window - 1) + 1 - length - pad;
  }

  dnnl::convolution_forward::primitive_desc forward() const {
    return {{dnnl::prop_kind::forward_training, dnnl::algorithm::convolution_direct, x, weight, y, stride, dilation,
             padding, padding_end},
            onednn_engine()};
  }
  dnnl::convolution_backward_data::primitive_desc input_gradient() const {
    return {{dnnl::algorithm::convolution_direct, x, weight, y, stride, dilation, padding, padding_end},
            onednn_engine(),
            forward()};
  }
  dnnl::convolution_backward_weights::primitive_desc weight_gradient() const {
    return {{dnnl::algorithm::convolution_direct, x, weight, y, stride, dilation, padding, padding_end},
            onednn_engine(),
            forward()};
  }

  memory::desc x, y, given, weight;
  memory::dims stride, dilation, padding, padding_end;
};

memory at(const memory::desc& about, const Real* data) { return {about, onednn_engine(), const_cast<Real*>(data)}; }

// Numbers in another order; `store` keeps them where they must move.
const Real* reordered(const memory::desc& from, const Real* data, const memory::desc& to, Matrix& store) {
  if (from == to) return data;
  store = Matrix(1, Offset(to.get_size() / sizeof(Real)));
  dnnl::stream stream(onednn_engine());
  memory source = at(from, data), target = at(to, store.data());
  dnnl::reorder(source, target).execute(stream, source, target);
  stream.wait();
  return store.data();
}

template <class Primitive, class Description>
void execute(const Description& description, const std::unordered_map<int, memory>& arguments) {
  dnnl::stream stream(onednn_engine());
  Primitive(description).execute(stream, arguments);
  stream.wait();
}

#endif

// run(what, first image) for blocks of images, on several threads.
template <class Run>
void by_images(const Convolution2d& what, Run run) {
  parallel_for(what.images, images_a_task(what),
               [&](Offset begin, Offset end) { run(of_images(what, end - begin), begin); });
}

}  // namespace

#ifdef PFM_DOUBLE

Matrix convolve(const Convolution2d& what, const Matrix& x, const Matrix& weight) {
  expect_shapes(what, &x, &weight, nullptr);
  Matrix y = Matrix::zeros(what.images * what.result().pixels(), what.out);
  by_images(what, [&](const Convolution2d& part, Offset first) {
    forward(part, x.data() + first * what.image.pixels() * what.in, weight,
            y.data() + first * what.result().pixels() * what.out);
  });
  return y;
}

Matrix convolution_input_gradient(const Convolution2d& what, const Matrix& by, const Matrix& weight) {
  expect_shapes(what, nullptr, &weight, &by);
  Matrix dx = Matrix::zeros(what.images * what.image.pixels(), what.in);
  by_images(what, [&](const Convolution2d& part, Offset first) {
    input_gradient(part, by.data() + first * what.result().pixels() * what.out, weight,
                   dx.data() + first * what.image.pixels() * what.in);
  });
  return dx;
}

Matrix convolution_weight_gradient(const Convolution2d& what, const Matrix& x, const Matrix& by) {
  expect_shapes(what, &x, nullptr, &by);
  return tree_sum(
      what.images, images_a_task(what),
      [&](Offset begin, Offset end) {
        return weight_gradient(of_images(what, end - begin), x.data() + begin * what.image.pixels() * what.in,
                               by.data() + begin * what.result().pixels() * what.out);
      },
      [](Matrix& left, const Matrix& right) {
        for (Offset i = 0; i < left.size(); ++i) left.data()[i] += right.data()[i];
      });
}

#else

Matrix convolve(const Convolution2d& what, const Matrix& x, const Matrix& weight) {
  expect_shapes(what, &x, &weight, nullptr);
  Matrix y(what.images * what.result().pixels(), what.out), store;
  if (y.empty()) return y;
  const Offset block = std::min(what.images, images_a_task(what));
  const OneThread alone;
  const memory::desc liked = Described(of_images(what, block)).forward().weights_desc();
  const Real* w = reordered(Described(what).given, weight.data(), liked, store);
  by_images(what, [&](const Convolution2d& part, Offset first) {
    const OneThread this_one_too;
    Described d(part);
    d.weight = liked;
    execute<dnnl::convolution_forward>(d.forward(),
                                       {{DNNL_ARG_SRC, at(d.x, x.data() + first * what.image.pixels() * what.in)},
                                        {DNNL_ARG_WEIGHTS, at(liked, w)},
                                        {DNNL_ARG_DST, at(d.y, y.data() + first * what.result().pixels() * what.out)}});
  });
  return y;
}

Matrix convolution_input_gradient(const Convolution2d& what, const Matrix& by, const Matrix& weight) {
  expect_shapes(what, nullptr, &weight, &by);
  Matrix dx(what.images * what.image.pixels(), what.in), store;
  if (by.empty()) return Matrix::zeros(dx.rows(), dx.cols());
  const Offset block = std::min(what.images, images_a_task(what));
  const OneThread alone;
  const memory::desc liked = Described(of_images(what, block)).input_gradient().weights_desc();
  const Real* w = reordered(Described(what).given, weight.data(), liked, store);
  by_images(what, [&](const Convolution2d& part, Offset first) {
    const OneThread this_one_too;
    Described d(part);
    d.weight = liked;
    execute<dnnl::convolution_backward_data>(
        d.input_gradient(), {{DNNL_ARG_DIFF_DST, at(d.y, by.data() + first * what.result().pixels() * what.out)},
                             {DNNL_ARG_WEIGHTS, at(liked, w)},
                             {DNNL_ARG_DIFF_SRC, at(d.x, dx.data() + first * what.image.pixels() * what.in)}});
  });
  return dx;
}

// The sums are taken in oneDNN's order of the weights, which moves to ours once.
Matrix convolution_weight_gradient(const Convolution2d& what, const Matrix& x, const Matrix& by) {
  expect_shapes(what, &x, nullptr, &by);
  Matrix result(what.weight_rows(), what.out);
  if (by.empty()) return Matrix::zeros(result.rows(), result.cols());
  const Offset block = std::min(what.images, images_a_task(what));
  const OneThread alone;
  const memory::desc liked = Described(of_images(what, block)).weight_gradient().diff_weights_desc();
  const Matrix sum = tree_sum(
      what.images, images_a_task(what),
      [&](Offset begin, Offset end) {
        const OneThread this_one_too;
        Described d(of_images(what, end - begin));
        d.weight = liked;
        Matrix part(1, Offset(liked.get_size() / sizeof(Real)));
        execute<dnnl::convolution_backward_weights>(
            d.weight_gradient(), {{DNNL_ARG_SRC, at(d.x, x.data() + begin * what.image.pixels() * what.in)},
                                  {DNNL_ARG_DIFF_DST, at(d.y, by.data() + begin * what.result().pixels() * what.out)},
                                  {DNNL_ARG_DIFF_WEIGHTS, at(liked, part.data())}});
        return part;
      },
      [](Matrix& left, const Matrix& right) {
        for (Offset i = 0; i < left.size(); ++i) left.data()[i] += right.data()[i];
      });
  const memory::desc given = Described(what).given;
  Matrix store;
  const Real* ours = reordered(liked, sum.data(), given, store);
  std::copy_n(ours, result.size(), result.data());
  return result;
}

#endif

}  // namespace pfm
