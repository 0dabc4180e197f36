// Edges drawn with replacement, in proportion to their weights (LINE, Tang et al. 2015, section 4.1.2).
#pragma once
#include <pfm/kernels/alias.h>
#include <pfm/kernels/random.h>
#include <pfm/kernels/sparse.h>

#include <vector>

namespace pfm {

// 4 bytes an entry beside the edges, 12 more where weights decide.
class EdgeDraws {
 public:
  // Error(Fault::input): no entries, more than 2^31 - 1, weights that are negative, not finite or all 0.
  explicit EdgeDraws(Sparse edges);

  // Draws first, first + 1, .. of the stream: row and column of each, pairs [2 n].
  void draw(std::uint64_t first, const Rng& rng, std::span<NodeId> pairs) const;

 private:
  Sparse edges_;
  std::vector<NodeId> sources_;     // [E]
  std::vector<AliasPlace> places_;  // [E], or empty: uniform
};

}  // namespace pfm
