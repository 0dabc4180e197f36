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
  // Of the neighbours that are not shared, in each row itself and of the others this share, at most `most`. What is
  // shared stays: the mean over part of so many is nearly that over all.
  MetaPath drawn(double share, Offset most, const Rng& rng) const;
  // As additive_attention() of all neighbours, with dropout but of shared ones where there is an Rng.
  // source, target [n, h], x [n, h c] -> [n, h c]
  Var attend(const AttentionSettings& how, const Var& source, const Var& target, const Var& x,
             const std::optional<Rng>& rng) const;

 private:
  Sparse single_;  // rows of shared neighbours are empty
  std::shared_ptr<const std::vector<SharedNeighbours>> shared_;
};

}  // namespace pfm
