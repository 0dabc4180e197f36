#include <pfm/nn/graph_ops.h>
#include <pfm/nn/resize.h>

#include <algorithm>
#include <cmath>

namespace pfm {
namespace {

// The pixels along one side that a pixel of the result is made of; one pixel may come more than once.
struct Taps {
  std::vector<NodeId> at;
  std::vector<Real> weight;
};

// 1 at 0, 0 at 1 and 2, smooth between (Keys 1981, a = -3/4).
double cubic(double distance) {
  constexpr double a = -0.75;
  const double t = std::abs(distance);
  if (t <= 1) return ((a + 2) * t - (a + 3)) * t * t + 1;
  return t < 2 ? ((a * t - 5 * a) * t + 8 * a) * t - 4 * a : 0;
}

std::vector<Taps> taps_along(Offset from, Offset to, Interpolation how, Alignment where) {
  const bool smooth = how == Interpolation::bicubic;
  std::vector<Taps> all(std::size_t(to), Taps{});
  for (Offset i = 0; i < to; ++i) {
    double at = to > 1 ? double(i) * double(from - 1) / double(to - 1) : 0;
    if (where == Alignment::areas) at = (double(i) + 0.5) * double(from) / double(to) - 0.5;
    if (!smooth) at = std::max(at, 0.0);
    const auto below = Offset(std::floor(at));
    for (Offset pixel = below - (smooth ? 1 : 0); pixel <= below + (smooth ? 2 : 1); ++pixel) {
      const double away = at - double(pixel), weight = smooth ? cubic(away) : 1 - std::abs(away);
      all[std::size_t(i)].at.push_back(NodeId(std::clamp<Offset>(pixel, 0, from - 1)));
      all[std::size_t(i)].weight.push_back(Real(weight));
    }
  }
  return all;
}

}  // namespace

ImageRows resize(const ImageRows& images, const Sides& size, Interpolation how, Alignment where) {
  const Offset w = images.size.width, pixels = images.size.pixels();
  const std::vector<Taps> down = taps_along(images.size.height, size.height, how, where),
                          across = taps_along(w, size.width, how, where);
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (Offset g = 0; g < images.images; ++g)
    for (const Taps& y : down)
      for (const Taps& x : across) {
        for (std::size_t i = 0; i < y.at.size(); ++i)
          for (std::size_t j = 0; j < x.at.size(); ++j) {
            columns.push_back(NodeId(g * pixels + y.at[i] * w + x.at[j]));
            values.push_back(y.weight[i] * x.weight[j]);
          }
        offsets.push_back(Offset(columns.size()));
      }
  const Sparse weights(NodeId(images.images * size.pixels()), NodeId(images.images * pixels), std::move(offsets),
                       std::move(columns), std::move(values));
  return {spmm(weights, images.x), images.images, size};
}

}  // namespace pfm
