// Alias tables: a draw from a discrete law takes one place of a table and one comparison (Walker 1977; Vose 1991).
#pragma once
#include <pfm/kernels/matrix.h>

#include <vector>

namespace pfm {

// Place k of a table of n: with k uniform in [0, n) and r uniform in [0, 2^32), the drawn name.
struct AliasPlace {
  std::uint32_t threshold;
  NodeId own, other;
  NodeId drawn(std::uint32_t r) const { return r < threshold ? own : other; }
};

// Builds tables; keeps its work space from one to the next.
class AliasBuilder {
 public:
  // names[i] is drawn with chance weights[i] / sum, to 2^-32 of a place's share; weights finite and not negative, n of
  // each. All of them 0: every place names -1.
  void build(std::span<const NodeId> names, std::span<const Real> weights, AliasPlace* places);

 private:
  std::vector<double> share_;  // [n] of its own place that each name still has to give away or fill
  std::vector<std::size_t> less_, more_;
};

}  // namespace pfm
