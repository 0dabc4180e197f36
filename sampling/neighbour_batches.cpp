#include <pfm/sampling/neighbour_batches.h>

namespace pfm {

NeighbourBatches::NeighbourBatches(NeighbourSampler sampler, std::vector<NodeId> from, Offset size, Rng rng)
    : sampler_(std::move(sampler)), from_(std::move(from)), size_(size), rng_(rng) {
  if (size < 1) throw Error(Fault::usage, "batches of at least 1 seed, not " + std::to_string(size));
}

Offset NeighbourBatches::batches_a_pass() const { return (Offset(from_.size()) + size_ - 1) / size_; }

std::vector<NodeId> NeighbourBatches::seeds(Offset pass) const {
  return shuffled(from_, rng_.split("order").split(std::uint64_t(pass)));
}

Batch NeighbourBatches::batch(Offset pass, std::span<const NodeId> seeds, Offset b) const {
  expect(0 <= b && b < batches_a_pass(), "NeighbourBatches: a batch of the pass");
  const auto begin = std::size_t(b * size_);
  return sampler_.sample(seeds.subspan(begin, std::min(std::size_t(size_), seeds.size() - begin)),
                         rng_.split("batches").split(std::uint64_t(pass * batches_a_pass() + b)));
}

}  // namespace pfm
