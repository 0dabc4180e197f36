// Who attends to whom, and by which row of a table of biases: what all layers of a model share.
// Letters: n query rows, m key rows, G segments, pair (i, j) = query i and key j of one segment, both counted from its
// start.
#pragma once
#include <pfm/kernels/segments.h>

#include <functional>
#include <optional>

namespace pfm {

// Which keys a query sees: those j of its segment with first <= rank(j) < last. An empty list stands for what hides
// nothing: first 0, last without end; rank: the place j in the segment.
struct AttentionMask {
  std::vector<Offset> first, last;  // [n]
  std::vector<Offset> rank;         // [m]; below 0: seen by nobody whose first is 0
};

// Keys up to the query's own place, the last query seeing all: with more keys than queries the first ones are a memory.
AttentionMask causal_mask(Segments queries, Segments keys);
// Everybody sees the first prefixes[g] rows of segment g, rows behind these also what stands before them and
// themselves.
AttentionMask prefix_mask(Segments segments, std::span<const Offset> prefixes);
// Keys from `before` places before the query to `after` behind it.
AttentionMask window_mask(Segments segments, Offset before, Offset after);
// Keys of smaller rank, and of the same rank where `own` (Yang et al. 2019: query stream and content stream).
AttentionMask permuted_mask(std::vector<Offset> ranks, bool own);  // ranks [n]

// Which row of a table of biases [B, h] is added to the score of pair (i, j) of segment g: ids[start + stride i + j],
// or that number itself where there are no ids; a negative id adds nothing. Images of one size share their block.
struct PairIds {
  struct Block {
    Offset start, stride;
  };
  std::vector<Block> blocks;  // [G]
  std::vector<NodeId> ids;
};

// By distance: bucket(j - i).
PairIds relative_pairs(Segments queries, Segments keys, const std::function<NodeId(Offset distance)>& bucket);
// A row of the table for each pair: segment after segment, query after query.
PairIds single_pairs(Segments queries, Segments keys);
Offset pair_count(Segments queries, Segments keys);

struct AttentionPlan {
  std::vector<Offset> queries, keys;  // [G + 1]: queries of segment g attend to keys of segment g
  AttentionMask mask = {};
  PairIds pairs = {};  // for a table of biases
};

// Every row of a segment to every row of it.
AttentionPlan within(Segments segments);

// The same for some of the queries alone.  rows ascending, each once
AttentionPlan for_queries(const AttentionPlan& plan, std::span<const NodeId> rows);

// Lists must have the lengths above; where there is a table of `biases` rows every id must lie below: broken
// expectations.
void expect_plan(const AttentionPlan& plan, Offset n, Offset m, std::optional<Offset> biases);

}  // namespace pfm
