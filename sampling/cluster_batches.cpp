#include <pfm/sampling/cluster_batches.h>

#include <algorithm>
#include <numeric>

namespace pfm {

ClusterBatches::ClusterBatches(Batch all, std::span<const std::int32_t> part, Offset together, Rng rng)
    : all_(std::move(all)), offsets_{0}, nodes_(part.size()), together_(together), rng_(rng) {
  if (together < 1) throw Error(Fault::usage, "batches of at least 1 cluster, not " + std::to_string(together));
  expect(NodeId(part.size()) == all_.rows(), "ClusterBatches: a part for each row");
  std::iota(nodes_.begin(), nodes_.end(), NodeId{0});
  std::ranges::stable_sort(nodes_, {}, [&](NodeId v) { return part[std::size_t(v)]; });
  for (std::size_t i = 1; i <= nodes_.size(); ++i)
    if (i == nodes_.size() || part[std::size_t(nodes_[i])] != part[std::size_t(nodes_[i - 1])])
      offsets_.push_back(Offset(i));
}

Offset ClusterBatches::batches_a_pass() const {
  const Offset parts = Offset(offsets_.size()) - 1;
  return (parts + together_ - 1) / together_;
}

Batch ClusterBatches::batch(Offset pass, Offset b) const {
  expect(0 <= b && b < batches_a_pass(), "ClusterBatches: a batch of the pass");
  const auto parts = NodeId(offsets_.size() - 1);
  const std::vector<NodeId> order = permutation(parts, rng_.split(std::uint64_t(pass)));
  std::vector<NodeId> keep;
  for (Offset i = b * together_; i < std::min<Offset>(parts, (b + 1) * together_); ++i) {
    const auto p = std::size_t(order[std::size_t(i)]);
    keep.insert(keep.end(), nodes_.begin() + offsets_[p], nodes_.begin() + offsets_[p + 1]);
  }
  std::ranges::sort(keep);
  return induced(all_, keep);
}

}  // namespace pfm
