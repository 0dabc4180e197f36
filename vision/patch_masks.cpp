#include <pfm/kernels/parallel.h>
#include <pfm/vision/patch_masks.h>

#include <algorithm>
#include <cmath>

namespace pfm {

PatchMask patch_mask(const Batch& patches, const std::vector<char>& hidden) {
  expect(NodeId(hidden.size()) == patches.rows(), "patch_mask: an entry per row");
  PatchMask mask;
  mask.kept.segments = {0};
  for (std::size_t g = 0; g + 1 < patches.segments.size(); ++g) {
    for (Offset i = patches.segments[g]; i < patches.segments[g + 1]; ++i) {
      (hidden[std::size_t(i)] ? mask.hidden_rows : mask.kept_rows).push_back(NodeId(i));
      if (!hidden[std::size_t(i)]) mask.kept.places.push_back(NodeId(i - patches.segments[g]));
    }
    mask.kept.segments.push_back(Offset(mask.kept_rows.size()));
  }
  return mask;
}

PatchMask random_patch_mask(const Batch& patches, double rate, const Rng& rng) {
  std::vector<char> hidden(std::size_t(patches.rows()), 1);
  parallel_for(Offset(patches.segments.size()) - 1, 64, [&](Offset begin, Offset end) {
    for (Offset g = begin; g < end; ++g) {
      const Offset first = patches.segments[std::size_t(g)];
      const auto count = NodeId(patches.segments[std::size_t(g) + 1] - first);
      const auto kept = std::clamp<NodeId>(NodeId(double(count) * (1 - rate)), 1, count);
      for (const NodeId i : sample_without(count, kept, rng.split(std::uint64_t(g))))
        hidden[std::size_t(first + i)] = 0;
    }
  });
  return patch_mask(patches, hidden);
}

// Hides a drawn block of the grid until `wanted` patches are; how many it hid.
static Offset hide_block(std::span<char> hidden, const Grid& grid, Offset wanted, const Rng& rng) {
  const double most = double(wanted), least = std::min(16.0 / 196 * double(hidden.size()), most);
  const double area = std::max(1.0, least + (most - least) * rng.uniform(0));
  const double aspect = std::exp(std::log(0.3) * (1 - 2 * rng.uniform(1)));
  const auto side = [](double length, Offset whole) {
    return std::clamp<Offset>(Offset(std::lround(length)), 1, whole);
  };
  const Offset height = side(std::sqrt(area * aspect), grid.height), width = side(std::sqrt(area / aspect), grid.width);
  const auto top = Offset(rng.below(2, std::uint64_t(grid.height - height + 1))),
             left = Offset(rng.below(3, std::uint64_t(grid.width - width + 1)));
  Offset count = 0;
  for (Offset y = top; y < top + height; ++y)
    for (Offset x = left; x < left + width && count < wanted; ++x) {
      char& here = hidden[std::size_t(y * grid.width + x)];
      count += here == 0, here = 1;
    }
  return count;
}

std::vector<NodeId> block_patch_mask(const Batch& patches, double rate, const Rng& rng) {
  std::vector<char> hidden(std::size_t(patches.rows()), 0);
  parallel_for(Offset(patches.grids.size()), 64, [&](Offset begin, Offset end) {
    for (Offset g = begin; g < end; ++g) {
      const Offset first = patches.segments[std::size_t(g)], n = patches.segments[std::size_t(g) + 1] - first;
      const std::span<char> own = std::span(hidden).subspan(std::size_t(first), std::size_t(n));
      const Rng draws = rng.split(std::uint64_t(g));
      std::uint64_t block = 0;
      for (auto wanted = Offset(rate * double(n)); wanted > 0; ++block)
        wanted -= hide_block(own, patches.grids[std::size_t(g)], wanted, draws.split(block));
    }
  });
  std::vector<NodeId> rows;
  for (NodeId i = 0; i < patches.rows(); ++i)
    if (hidden[std::size_t(i)]) rows.push_back(i);
  return rows;
}

Matrix normalised_patches(const Matrix& patches) {
  const Offset k = patches.cols();
  Matrix out(patches.rows(), k);
  parallel_for(patches.rows(), rows_per_block(k), [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const std::span<const Real> from = patches.row(i);
      double sum = 0, squares = 0;
      for (const Real v : from) sum += double(v);
      const double mean = sum / double(k);
      for (const Real v : from) squares += (double(v) - mean) * (double(v) - mean);
      const double scale = 1 / std::sqrt(squares / double(std::max<Offset>(1, k - 1)) + 1e-6);
      for (Offset j = 0; j < k; ++j) out(i, j) = Real((double(from[std::size_t(j)]) - mean) * scale);
    }
  });
  return out;
}

}  // namespace pfm
