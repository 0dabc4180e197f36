// Mini-batches of sampled neighbourhoods, and what is done with one while the next ones are made.
#pragma once
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/neighbourhood.h>

#include <vector>

namespace pfm {

// Passes over the same nodes, each in its own random order, `size` seeds a batch (the last of a pass may have fewer).
class NeighbourBatches {
 public:
  // Error(Fault::usage): size < 1.
  NeighbourBatches(NeighbourSampler sampler, std::vector<NodeId> from, Offset size, Rng rng);

  Offset batches_a_pass() const;
  std::vector<NodeId> seeds(Offset pass) const;
  // Batch b of a pass from its seeds: a function of (rng, pass, b) alone, for any thread to sample.
  Batch batch(Offset pass, std::span<const NodeId> seeds, Offset b) const;

 private:
  NeighbourSampler sampler_;
  std::vector<NodeId> from_;
  Offset size_;
  Rng rng_;
};

// use(make(0)), use(make(1)), .. to make(count - 1), in this order. While one is used, other threads make the next:
// `ahead` of them wait at most and as many are being made. `make` runs on several threads at once, `use` on one at a
// time, not always the caller's.
template <class Make, class Use>
void make_ahead(Offset count, Offset ahead, Make make, Use use) {
  using Made = decltype(make(Offset{0}));
  std::vector<Made> ready, next;
  auto make_from = [&](Offset first) {
    next.clear();
    next.resize(std::size_t(std::clamp<Offset>(count - first, 0, ahead)));
    parallel_blocks(Offset(next.size()), [&](Offset i) { next[std::size_t(i)] = make(first + i); });
  };
  make_from(0);
  for (Offset begin = 0; begin < count; begin += ahead) {
    std::swap(ready, next);
    parallel_pair([&] { make_from(begin + ahead); },
                  [&] {
                    for (Made& made : ready) use(std::move(made));
                  });
  }
}

}  // namespace pfm
