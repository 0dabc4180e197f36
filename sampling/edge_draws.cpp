#include <fmt/format.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/edge_checks.h>
#include <pfm/sampling/edge_draws.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace pfm {

EdgeDraws::EdgeDraws(Sparse edges) : edges_(std::move(edges)) {
  const auto count = std::size_t(edges_.nonzeros());
  if (count == 0 || count > std::size_t(std::numeric_limits<NodeId>::max()))
    throw Error(Fault::input, fmt::format("edges are drawn from 1 to 2^31 - 1 entries, there are {}", count));
  check_edge_weights(edges_, "edges");
  sources_.resize(count);
  const auto offsets = edges_.view().offsets;
  parallel_for(edges_.rows(), row_block, [&](Offset begin, Offset end) {
    for (Offset u = begin; u < end; ++u)
      std::fill(sources_.begin() + offsets[std::size_t(u)], sources_.begin() + offsets[std::size_t(u) + 1], NodeId(u));
  });
  const auto weights = edges_.view().values;
  if (weights.empty()) return;
  if (std::ranges::none_of(weights, [](Real w) { return w > 0; }))
    throw Error(Fault::input, "edges by weight: expected weights that are not all 0");
  std::vector<NodeId> entries(count);
  std::iota(entries.begin(), entries.end(), NodeId{0});
  places_.resize(count);
  AliasBuilder().build(entries, weights, places_.data());
}

void EdgeDraws::draw(std::uint64_t first, const Rng& rng, std::span<NodeId> pairs) const {
  const auto targets = edges_.view().columns;
  const Rng places = rng.split("place"), rest = rng.split("rest");
  parallel_for(Offset(pairs.size() / 2), row_block, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; ++i) {
      const std::uint64_t number = first + std::uint64_t(i);
      std::size_t entry = places.below(number, targets.size());
      if (!places_.empty()) entry = std::size_t(places_[entry].drawn(std::uint32_t(rest.bits(number))));
      pairs[std::size_t(2 * i)] = sources_[entry], pairs[std::size_t(2 * i + 1)] = targets[entry];
    }
  });
}

}  // namespace pfm
