// Scores by how far rows stand from each other (Dai et al. 2019, arXiv:1901.02860) and by whether they are of one part
// of a text (Yang et al. 2019, arXiv:1906.08237): what is added to those of the rows' contents.
// Letters: n query rows, m key rows, d columns, h heads, L distances.
#pragma once
#include <pfm/kernels/attention_plan.h>
#include <pfm/nn/params.h>

#include <memory>

namespace pfm {

// What all layers share.
struct RelativeRows {
  Matrix distances;  // [L, d] sines, then cosines, of the distances from the largest down by ones
  std::vector<NodeId>
      parts;  // [n L] 2 i, for keys of query i's part, or 2 i + 1; -1 where there is none; empty: no parts
};

// For plan.queries and plan.keys, whose pairs it fills in: query i stands at `places`[i] of its keys. Parts [n], [m] or
// empty.
std::shared_ptr<const RelativeRows> relative_rows(AttentionPlan& plan, std::span<const Offset> places, Offset width,
                                                  std::span<const NodeId> query_parts = {},
                                                  std::span<const NodeId> key_parts = {});

struct RelativeScores {
  // "distance.weight" [d, d], the biases "content_bias", "distance_bias", "part_bias" [1, d] of queries, "parts" [2,
  // d]: of the same part, of another.
  RelativeScores(const Params& p, Offset width);
  Var contents(const Var& query) const;  // what meets the keys' contents: [n, d] -> [n, d]
  Var biases(const RelativeRows& rows, const Var& query, Offset heads) const;  // [n, d] -> [n L, h], by plan.pairs
  Var distance, content_bias, distance_bias, part_bias, parts;
};

}  // namespace pfm
