#include <pfm/kernels/parallel.h>
#include <pfm/sampling/first_order_walks.h>

#include <algorithm>

namespace pfm {
namespace {

constexpr std::size_t in_flight = 64;  // walks of one thread whose cache misses overlap
constexpr Offset a_task = 1024;        // walks

}  // namespace

struct FirstOrderWalks::Chunk {
  std::span<const NodeId> starts;  // at most in_flight
  std::uint64_t first;             // number of the first walk
  std::span<const Rng> rngs;       // one for all steps that share a block of random words
  NodeId* walks;
};

FirstOrderWalks::FirstOrderWalks(std::vector<StepEdges> in_turn, Offset length, double restart)
    : in_turn_(std::move(in_turn)), length_(length), restart_(std::uint64_t(restart * 0x1p32)) {}

// All walks go step by step together: each first says where it will look, then each reads what has come meanwhile.
template <bool weighted, bool restarts>
void FirstOrderWalks::chunk(const Chunk& c) const {
  constexpr std::size_t words_a_step = restarts ? 4 : weighted ? 2 : 1, steps_a_block = 4 / words_a_step;
  const std::size_t count = c.starts.size();
  NodeId at[in_flight];
  Offset entry[in_flight];
  Words words[in_flight];
  std::ranges::copy(c.starts, at);
  for (std::size_t w = 0; w < count; ++w) c.walks[Offset(w) * (length_ + 1)] = at[w];
  for (Offset step = 0; step < length_; ++step) {
    const StepEdges& edges = in_turn_[std::size_t(step) % in_turn_.size()];
    const StepEdges& after = in_turn_[std::size_t(step + 1) % in_turn_.size()];
    const std::size_t block = std::size_t(step) / steps_a_block,
                      word = std::size_t(step) % steps_a_block * words_a_step;
    if (word == 0) c.rngs[block].blocks(c.first, {words, count});
    for (std::size_t w = 0; w < count; ++w) {
      std::uint32_t attempt = 0;
      auto redraw = [&] { return c.rngs[block].block(c.first + w, ++attempt)[word]; };
      entry[w] = at[w] < 0 ? -1 : edges.look(at[w], words[w][word], redraw);
    }
    for (std::size_t w = 0; w < count; ++w) {
      NodeId next = entry[w] < 0 ? -1 : edges.read(entry[w], words[w][weighted ? word + 1 : word]);
      if constexpr (restarts)
        if (next < 0 || words[w][word + 2] < restart_) next = c.starts[w];
      at[w] = c.walks[Offset(w) * (length_ + 1) + step + 1] = next;
      if (next >= 0) after.expect_node(next);
    }
  }
}

void FirstOrderWalks::walk(std::span<const NodeId> starts, Offset first, const Rng& rng,
                           std::span<NodeId> walks) const {
  std::vector<Rng> rngs;
  for (Offset step = 0; step < length_; ++step) rngs.push_back(rng.split(std::uint64_t(step)));
  const bool weighted = in_turn_.front().weighted();
  parallel_for(Offset(starts.size()), a_task, [&](Offset begin, Offset end) {
    for (Offset i = begin; i < end; i += Offset{in_flight}) {
      const Chunk some{starts.subspan(std::size_t(i), std::size_t(std::min(end - i, Offset{in_flight}))),
                       std::uint64_t(first + i), rngs, walks.data() + i * (length_ + 1)};
      if (restart_ > 0)
        weighted ? chunk<true, true>(some) : chunk<false, true>(some);
      else
        weighted ? chunk<true, false>(some) : chunk<false, false>(some);
    }
  });
}

}  // namespace pfm
