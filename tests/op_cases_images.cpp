#include <fmt/format.h>
#include <pfm/nn/convolution.h>
#include <pfm/tests/op_reference.h>

namespace pfm {
namespace {

// The rows of the input that place `at` of a window looks at, -1 for the padding; window pixel by window pixel.
std::vector<Offset> window_rows(const Windows& w, const Sides& image, Offset at) {
  const Sides places = w.moved_over(image);
  std::vector<Offset> rows;
  const Offset g = at / places.pixels(), y = at % places.pixels() / places.width, x = at % places.width;
  for (Offset i = 0; i < w.size.height; ++i)
    for (Offset j = 0; j < w.size.width; ++j) {
      const Offset row = y * w.stride.height - w.padding.height + i * w.dilation.height;
      const Offset column = x * w.stride.width - w.padding.width + j * w.dilation.width;
      const bool inside = row >= 0 && row < image.height && column >= 0 && column < image.width;
      rows.push_back(inside ? g * image.pixels() + row * image.width + column : -1);
    }
  return rows;
}

OpCase convolution_case(const std::string& name, const Convolution2d& what) {
  const Offset in = what.in / what.groups, out = what.out / what.groups;
  const Entry entry = [=](const Matrices& m, Offset at, Offset k) {
    const std::vector<Offset> rows = window_rows(what.windows, what.image, at);
    double sum = 0;
    for (std::size_t p = 0; p < rows.size(); ++p)
      for (Offset c = 0; c < in && rows[p] >= 0; ++c)
        sum += double(m[0](rows[p], k / out * in + c)) * double(m[1](Offset(p) * in + c, k));
    return sum;
  };
  return {"convolve " + name,
          {{what.images * what.image.pixels(), what.in}, {what.weight_rows(), what.out}},
          [=](const Vars& v) { return convolve(what, v[0], v[1]); },
          entries(fixed(what.images * what.result().pixels(), what.out), entry)};
}

// Pixel (y, x) of the result gets from each place of a window that looks at it.
OpCase transposed_case(const std::string& name, const Convolution2d& what) {
  const Offset places = what.images * what.result().pixels();
  const Entry entry = [=](const Matrices& m, Offset at, Offset c) {
    double sum = 0;
    for (Offset place = 0; place < places; ++place) {
      const std::vector<Offset> rows = window_rows(what.windows, what.image, place);
      for (std::size_t p = 0; p < rows.size(); ++p)
        for (Offset k = 0; k < what.out && rows[p] == at; ++k)
          sum += double(m[0](place, k)) * double(m[1](Offset(p) * what.in + c, k));
    }
    return sum;
  };
  return {"convolve_transposed " + name,
          {{places, what.out}, {what.weight_rows(), what.out}},
          [=](const Vars& v) { return convolve_transposed(what, v[0], v[1]); },
          entries(fixed(what.images * what.image.pixels(), what.in), entry)};
}

using Pool = ImageRows (*)(const ImageRows&, const Windows&);

OpCase pooling_case(const std::string& name, Pool pool, const Windows& windows, bool largest) {
  const Sides image{5, 4};
  const Offset images = 2, channels = 3;
  const Entry entry = [=](const Matrices& m, Offset at, Offset c) {
    double sum = 0, most = -HUGE_VAL;
    for (const Offset row : window_rows(windows, image, at)) {
      if (row < 0) continue;
      sum += double(m[0](row, c)), most = std::max(most, double(m[0](row, c)));
    }
    return largest ? most : sum / double(windows.size.pixels());
  };
  return {name,
          {{images * image.pixels(), channels}},
          [=](const Vars& v) {
            return pool({v[0], images, image}, windows).x;
          },
          entries(fixed(images * windows.moved_over(image).pixels(), channels), entry)};
}

}  // namespace

std::vector<OpCase> image_cases(const Sizes&) {
  const Windows same{.size = {3, 3}, .padding = {1, 1}}, half{.size = {3, 3}, .stride = {2, 2}, .padding = {1, 1}};
  std::vector<OpCase> all;
  all.push_back(convolution_case("same size", {2, {4, 5}, 3, 2, same}));
  all.push_back(convolution_case("half size", {3, {5, 4}, 2, 3, half}));
  all.push_back(convolution_case("pixel by pixel", {2, {3, 3}, 3, 4, {}}));
  all.push_back(convolution_case("patches", {2, {4, 6}, 1, 3, {.size = {2, 2}, .stride = {2, 2}}}));
  // The last row and column are reached by no window.
  all.push_back(convolution_case("a rest", {1, {6, 6}, 2, 2, {.size = {3, 2}, .stride = {2, 3}}}));
  all.push_back(convolution_case("apart, in groups",
                                 {2, {6, 5}, 4, 6, {.size = {2, 3}, .padding = {1, 2}, .dilation = {2, 2}}, 2}));
  all.push_back(
      transposed_case("twice the size", {2, {6, 4}, 2, 3, {.size = {3, 3}, .stride = {2, 2}, .padding = {1, 1}}}));
  all.push_back(pooling_case("max_pool", max_pool, half, true));
  all.push_back(pooling_case("mean_pool", mean_pool, half, false));
  return all;
}

}  // namespace pfm
