#include <pfm/kernels/parallel.h>
#include <pfm/vision/augmentations.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace pfm {
namespace {

double between(const Rng& rng, std::uint64_t i, double low, double high) { return low + (high - low) * rng.uniform(i); }
bool happens(const Rng& rng, double chance) { return rng.uniform(0) < chance; }
Real within(Real v) { return std::clamp(v, Real(0), Real(1)); }

// A value between the pixels: row and column may lie anywhere, edges are repeated.
struct Corner {
  Offset low, high;
  Real share;  // of `high`
};
Corner corner(double at, Offset length) {
  const double inside = std::clamp(at, 0.0, double(length - 1));
  const auto low = Offset(inside);
  return {low, std::min(low + 1, length - 1), Real(inside - double(low))};
}

struct Part {
  double top, left, height, width;
};

Part draw_part(const ImageShape& s, double least, double most, const Rng& rng) {
  const double height = s.grid.height, width = s.grid.width;
  for (std::uint64_t attempt = 0; attempt < 10; ++attempt) {
    const Rng draw = rng.split(attempt);
    const double area = between(draw, 0, least, most) * height * width;
    const double ratio = std::exp(between(draw, 1, std::log(3.0 / 4), std::log(4.0 / 3)));
    const double h = std::sqrt(area / ratio), w = std::sqrt(area * ratio);
    if (h <= height && w <= width) return {between(draw, 2, 0, height - h), between(draw, 3, 0, width - w), h, w};
  }
  return {0, 0, height, width};
}

void stretch(const ImageShape& s, std::span<Real> values, const Part& part) {
  const Offset height = s.grid.height, width = s.grid.width, c = s.channels;
  const std::vector<Real> from(values.begin(), values.end());
  std::vector<Corner> columns;
  for (Offset x = 0; x < width; ++x)
    columns.push_back(corner(part.left + (double(x) + 0.5) * part.width / double(width) - 0.5, width));
  for (Offset y = 0; y < height; ++y) {
    const Corner row = corner(part.top + (double(y) + 0.5) * part.height / double(height) - 0.5, height);
    const Real *upper = from.data() + row.low * width * c, *lower = from.data() + row.high * width * c;
    for (Offset x = 0; x < width; ++x)
      for (Offset j = 0; j < c; ++j) {
        const Offset left = columns[std::size_t(x)].low * c + j, right = columns[std::size_t(x)].high * c + j;
        const Real share = columns[std::size_t(x)].share;
        const Real above = upper[left] + share * (upper[right] - upper[left]);
        const Real below = lower[left] + share * (lower[right] - lower[left]);
        values[std::size_t((y * width + x) * c + j)] = above + row.share * (below - above);
      }
  }
}

Real luminance(const Real* pixel) { return Real(0.299) * pixel[0] + Real(0.587) * pixel[1] + Real(0.114) * pixel[2]; }

double mean_luminance(Offset channels, std::span<const Real> values) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); i += std::size_t(channels))
    sum += channels == 3 ? double(luminance(&values[i])) : double(values[i]);
  return sum * double(channels) / double(values.size());
}

// Towards `centre` by `factor`, which may be above 1: away from it.
void scale_around(std::span<Real> values, Real centre, Real factor) {
  for (Real& v : values) v = within(centre + factor * (v - centre));
}

void saturate(std::span<Real> values, Real factor) {
  for (std::size_t i = 0; i < values.size(); i += 3) scale_around(values.subspan(i, 3), luminance(&values[i]), factor);
}

// Turns every colour around the grey axis: in YIQ the hue is an angle.
void turn_hue(std::span<Real> values, double part) {
  const double angle = 2 * 3.14159265358979323846 * part;
  const auto cosine = Real(std::cos(angle)), sine = Real(std::sin(angle));
  for (std::size_t i = 0; i < values.size(); i += 3) {
    Real* p = &values[i];
    const Real y = luminance(p);
    const Real a = Real(0.596) * p[0] - Real(0.274) * p[1] - Real(0.322) * p[2];
    const Real b = Real(0.211) * p[0] - Real(0.523) * p[1] + Real(0.312) * p[2];
    const Real u = cosine * a - sine * b, v = sine * a + cosine * b;
    p[0] = within(y + Real(0.956) * u + Real(0.621) * v);
    p[1] = within(y - Real(0.272) * u - Real(0.647) * v);
    p[2] = within(y - Real(1.106) * u + Real(1.703) * v);
  }
}

// One direction of a Gaussian blur: `lines` lines of `length` values, `step` apart.
void smooth(std::span<Real> values, std::span<const Real> weights, Offset length, Offset step, auto line_starts) {
  const auto radius = Offset(weights.size()) / 2;
  std::vector<Real> line(static_cast<std::size_t>(length));
  for (const Offset start : line_starts) {
    for (Offset i = 0; i < length; ++i) line[std::size_t(i)] = values[std::size_t(start + i * step)];
    for (Offset i = 0; i < length; ++i) {
      Real sum = 0;
      for (Offset r = -radius; r <= radius; ++r)
        sum += weights[std::size_t(r + radius)] * line[std::size_t(std::clamp<Offset>(i + r, 0, length - 1))];
      values[std::size_t(start + i * step)] = sum;
    }
  }
}

}  // namespace

ImageChange resized_crop(double least, double most) {
  return [=](const ImageShape& s, std::span<Real> values, const Rng& rng) {
    stretch(s, values, draw_part(s, least, most, rng));
  };
}

ImageChange flip(double chance) {
  return [=](const ImageShape& s, std::span<Real> values, const Rng& rng) {
    if (!happens(rng, chance)) return;
    const Offset width = s.grid.width, c = s.channels;
    for (Offset y = 0; y < s.grid.height; ++y)
      for (Offset x = 0; x < width / 2; ++x)
        for (Offset j = 0; j < c; ++j)
          std::swap(values[std::size_t((y * width + x) * c + j)],
                    values[std::size_t((y * width + width - 1 - x) * c + j)]);
  };
}

ImageChange colour_jitter(const Jitter& strength, double chance) {
  return [=](const ImageShape& s, std::span<Real> values, const Rng& rng) {
    if (!happens(rng, chance)) return;
    const auto factor = [&](std::uint64_t i, double by) {
      return Real(between(rng, i, std::max(0.0, 1 - by), 1 + by));
    };
    for (const NodeId which : permutation(4, rng.split("order"))) {  // each order gives another image
      if (which == 0) scale_around(values, 0, factor(1, strength.brightness));
      if (which == 1) scale_around(values, Real(mean_luminance(s.channels, values)), factor(2, strength.contrast));
      if (which == 2 && s.channels == 3) saturate(values, factor(3, strength.saturation));
      if (which == 3 && s.channels == 3 && strength.hue > 0)
        turn_hue(values, between(rng, 4, -strength.hue, strength.hue));
    }
  };
}

ImageChange grey(double chance) {
  return [=](const ImageShape& s, std::span<Real> values, const Rng& rng) {
    if (s.channels == 3 && happens(rng, chance)) saturate(values, 0);
  };
}

ImageChange blur(double least, double most, double chance) {
  return [=](const ImageShape& s, std::span<Real> values, const Rng& rng) {
    if (!happens(rng, chance)) return;
    const double deviation = between(rng, 1, least, most);
    const Offset height = s.grid.height, width = s.grid.width, c = s.channels;
    const auto radius = std::max<Offset>(1, std::min(height, width) / 20);  // the window is a tenth of the image
    std::vector<Real> weights;
    double sum = 0;
    for (Offset r = -radius; r <= radius; ++r) sum += std::exp(-double(r * r) / (2 * deviation * deviation));
    for (Offset r = -radius; r <= radius; ++r)
      weights.push_back(Real(std::exp(-double(r * r) / (2 * deviation * deviation)) / sum));
    std::vector<Offset> rows, columns;
    for (Offset y = 0; y < height; ++y)
      for (Offset j = 0; j < c; ++j) rows.push_back(y * width * c + j);
    for (Offset i = 0; i < width * c; ++i) columns.push_back(i);
    smooth(values, weights, width, c, rows);
    smooth(values, weights, height, width * c, columns);
  };
}

ImageChange solarise(double threshold, double chance) {
  return [=](const ImageShape&, std::span<Real> values, const Rng& rng) {
    if (!happens(rng, chance)) return;
    for (Real& v : values) v = v > Real(threshold) ? 1 - v : v;
  };
}

static void change_images(const ImageShape& shape, const std::vector<ImageChange>& changes, Matrix& x, Offset first,
                          Offset count, const Rng& rng) {
  parallel_for(count, 8, [&](Offset begin, Offset end) {
    for (Offset g = begin; g < end; ++g) {
      const std::span<Real> image(x.data() + (first + g) * shape.values(), std::size_t(shape.values()));
      for (std::size_t i = 0; i < changes.size(); ++i) changes[i](shape, image, rng.split(std::uint64_t(g)).split(i));
    }
  });
}

Corruption augmented(std::vector<ImageChange> changes) {
  return [changes = std::move(changes)](const Batch& images, Rng rng) {
    const ImageShape shape = image_shape(images, "augmentation");
    Matrix x = images.x.dense().clone();
    change_images(shape, changes, x, 0, Offset(images.grids.size()), rng);
    Batch view = images;
    view.x = std::move(x);
    return view;
  };
}

Batch two_views(const Batch& images, const Corruption& one, const Corruption& two, const Rng& rng) {
  const std::array<Batch, 2> both{one(images, rng.split(1)), two(images, rng.split(2))};
  return disjoint_union(both);
}

}  // namespace pfm
