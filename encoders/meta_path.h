// Attention along a meta-path. What many items share, as all papers of a subject, is attended to as a whole at the cost
// of its items, not of their pairs; other neighbours one by one.
#pragma once
#include <pfm/encoders/gat.h>
#include <pfm/nn/shared_attention.h>

namespace pfm {

class MetaPath {
 public:
  // pairs [n, n], row = target, each row with itself. Rows of more than `most` neighbours in common count as shared.
  MetaPath(const Sparse& pairs, Offset most);
  // In each row itself and of the others this share, at most `most` where they are not shared. Rows of shared
  // neighbours are dealt out to 16 draws, so that what a row misses is its own and not that of all rows beside it.
  MetaPath drawn(double share, Offset most, const Rng& rng) const;
  // As additive_attention() of all neighbours; dropout where there is an Rng, of shared ones a source at a time for all
  // rows of a draw.
  // source, target [n, h], x [n, h c] -> [n, h c]
  Var attend(const AttentionSettings& how, const Var& source, const Var& target, const Var& x,
             const std::optional<Rng>& rng) const;

 private:
  Sparse single_;  // rows of shared neighbours are empty
  std::shared_ptr<const std::vector<SharedNeighbours>> shared_;
};

}  // namespace pfm
