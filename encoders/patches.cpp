#include <fmt/format.h>
#include <pfm/encoders/patches.h>
#include <pfm/kernels/error.h>
#include <pfm/kernels/parallel.h>

#include <cmath>

namespace pfm {

ImageShape image_shape(const Batch& batch, const std::string& what) {
  if (batch.grids.empty() || !batch.x.is_dense())
    throw Error(Fault::input,
                fmt::format("{} needs images, and these data hold none; a folder of IDX, CIFAR, PNG or JPEG files has "
                            "some",
                            what));
  const ImageShape shape{batch.grids[0], batch.x.cols()};
  for (std::size_t g = 0; g < batch.grids.size(); ++g)
    if (batch.grids[g].height != shape.grid.height || batch.grids[g].width != shape.grid.width)
      throw Error(Fault::input,
                  fmt::format("{} needs images of one size: the first is {} x {}, number {} is {} x {}", what,
                              shape.grid.height, shape.grid.width, g, batch.grids[g].height, batch.grids[g].width));
  return shape;
}

Batch cut_patches(const Batch& images, Offset size) {
  const ImageShape shape = image_shape(images, "cutting patches");
  const Offset height = shape.grid.height, width = shape.grid.width, c = shape.channels;
  if (size < 1 || height % size != 0 || width % size != 0)
    throw Error(Fault::input,
                fmt::format("option patch: expected a number that divides {} and {}, got {}", height, width, size));
  const auto count = Offset(images.grids.size()), down = height / size, across = width / size,
             a_patch = size * size * c;
  Matrix rows(count * down * across, a_patch);
  const Real* x = images.x.dense().data();
  parallel_for(count, 16, [&](Offset begin, Offset end) {
    for (Offset g = begin; g < end; ++g)
      for (Offset y = 0; y < height; ++y)
        for (Offset j = 0; j < across; ++j) {
          const Real* from = x + ((g * height + y) * width + j * size) * c;
          std::copy_n(from, size * c,
                      rows.data() + ((g * down + y / size) * across + j) * a_patch + y % size * size * c);
        }
  });
  Batch patches;
  patches.graph = Graph::without_edges(NodeId(rows.rows()));
  patches.x = std::move(rows);
  patches.samples = images.samples;
  patches.grids.assign(std::size_t(count), {std::int32_t(down), std::int32_t(across)});
  for (Offset g = 0; g <= count; ++g) patches.segments.push_back(g * down * across);
  return patches;
}

Matrix sine_positions(const Grid& grid, Offset width) {
  if (width % 4 != 0)
    throw Error(Fault::usage, fmt::format("positions of sines need a width that is a multiple of 4, not {}", width));
  Matrix positions(Offset(grid.height) * grid.width, width);
  const Offset half = width / 2, quarter = width / 4;
  for (Offset p = 0; p < positions.rows(); ++p)
    for (Offset i = 0; i < quarter; ++i) {
      const double frequency = std::pow(10000.0, -double(i) / double(quarter));
      const double x = double(p % grid.width) * frequency, y = double(p / grid.width) * frequency;
      positions(p, i) = Real(std::sin(x)), positions(p, quarter + i) = Real(std::cos(x));
      positions(p, half + i) = Real(std::sin(y)), positions(p, half + quarter + i) = Real(std::cos(y));
    }
  return positions;
}

}  // namespace pfm
