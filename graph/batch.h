// What an encoder sees: a data set's rows, a mini-batch, a sampled neighbourhood, a corrupted view, a sentence, an
// image.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/graph/graph.h>

#include <any>

namespace pfm {

struct Grid {
  std::int32_t height = 0, width = 0;
};

struct Batch {
  Graph graph;                   // N nodes (may have no edges)
  Features x;                    // [N, F]
  std::vector<NodeId> ids;       // [N] which item of the data set (node, vocabulary entry) each row is; may be empty
  std::vector<Offset> segments;  // [G + 1] row ranges of the G samples (graphs, sentences, images); empty = one sample
  std::vector<std::int64_t> samples;  // [G] which sample of the data set each segment is
  std::vector<Grid> grids;            // [G] {height, width} where rows are pixels or patches; else empty
  std::vector<Offset> hops;           // rows [0, hops[l]) lie within l hops of the seeds; else empty
  std::vector<NodeId> hidden_nodes;   // rows that the loss asks for: a corruption hid them, or a sampler drew them
  std::vector<Edge> hidden_edges;
  std::any made;  // what a method makes of its mini-batch ahead of the step (sampling/mini_batches.h); does not stay
  NodeId rows() const { return graph.nodes(); }
};

// The nodes `keep` (different ones) in their order, the edges among them, their features; ids point into `batch`'s
// items. Segments stay, shorter or empty: `keep` goes through them in their order. Grids and hops do not stay.
Batch induced(const Batch& batch, std::span<const NodeId> keep);

// The samples `chosen` in their order, a segment each, in one pass: a sample's rows and edges are ranges of the
// batch's, and no edge joins two samples. ids and samples point into the batch's items; what is hidden and hops do not
// stay.
Batch chosen_samples(const Batch& batch, std::span<const NodeId> chosen);

// All batches in one, rows one after the other, a segment per sample. Rows have one width, edge attributes too; ids,
// samples and grids are in all batches or in none. Hops do not stay.
Batch disjoint_union(std::span<const Batch> batches);

}  // namespace pfm
