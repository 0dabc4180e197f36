#include <pfm/sampling/cluster_batches.h>

#include <algorithm>
#include <numeric>

namespace pfm {
namespace {

struct Clusters {
  Batch all;
  std::vector<NodeId> nodes;       // [N] by part
  std::vector<Offset> offsets{0};  // [parts + 1]

  std::span<const NodeId> operator[](NodeId c) const {
    return std::span(nodes).subspan(std::size_t(offsets[c]), std::size_t(offsets[c + 1] - offsets[c]));
  }
};

Clusters clusters_of(Batch all, std::span<const std::int32_t> part) {
  expect(NodeId(part.size()) == all.rows(), "cluster_batches: a part for each row");
  Clusters clusters{std::move(all), std::vector<NodeId>(part.size())};
  std::vector<NodeId>& nodes = clusters.nodes;
  std::iota(nodes.begin(), nodes.end(), NodeId{0});
  std::ranges::stable_sort(nodes, {}, [&](NodeId v) { return part[std::size_t(v)]; });
  for (std::size_t i = 1; i <= nodes.size(); ++i)
    if (i == nodes.size() || part[std::size_t(nodes[i])] != part[std::size_t(nodes[i - 1])])
      clusters.offsets.push_back(Offset(i));
  return clusters;
}

}  // namespace

MiniBatches cluster_batches(Batch all, std::span<const std::int32_t> part, Offset together) {
  const auto clusters = std::make_shared<const Clusters>(clusters_of(std::move(all), part));
  std::vector<NodeId> names(clusters->offsets.size() - 1);
  std::iota(names.begin(), names.end(), NodeId{0});
  return in_random_order(std::move(names), together, [clusters](std::span<const NodeId> chosen, const Rng&) {
    std::vector<NodeId> keep;
    for (const NodeId c : chosen) keep.insert(keep.end(), (*clusters)[c].begin(), (*clusters)[c].end());
    std::ranges::sort(keep);
    return induced(clusters->all, keep);
  });
}

}  // namespace pfm
