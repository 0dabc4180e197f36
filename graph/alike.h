// Nodes that look alike from nearby: what many nodes share need be computed once.
#pragma once
#include <pfm/graph/batch.h>

#include <optional>

namespace pfm {

// After a step along the edges two nodes are of one kind if they were before and if their incoming neighbours were of
// the same kinds, as often each (colour refinement). Whatever a layer computes of a node's own row and of its
// neighbours' rows, in no order, is the same for all nodes of a kind: a row for each kind is enough, exactly (Bollen et
// al. 2023, arXiv:2304.14793). Edge weights, types and attributes do not count.
struct AlikeStep {
  Graph graph;                // Graph::merged: into the C kinds of nodes after this step from the kinds before it
  std::vector<Real> count;    // [C] how many nodes are of each kind
  Sparse members;             // [G, C] an entry per node, unordered: how often each kind occurs in each sample
  std::vector<Offset> views;  // [V + 1] whose kinds these are, where several batches are joined; else 0, C
};
struct Alike {
  Features x;  // a row for each kind of node before the first step: those with equal features
  std::vector<AlikeStep> steps;
};

// Kinds are numbered by their first nodes. None where that saves little: identity rows, a sampled neighbourhood, or
// more kinds than half the nodes after the first step. Linear in the edges, but for sorting each node's neighbours.
std::optional<Alike> alike(const Batch& batch, int steps);

// Both beside each other, without an edge between them: their kinds stay apart, samples come one after the other.
Alike joined(const Alike& a, const Alike& b);

}  // namespace pfm
