// What the benchmarks of sparse kernels run on.
#pragma once
#include <pfm/graph/graph.h>
#include <pfm/kernels/random.h>

namespace pfm {

// R-MAT of edge_factor 2^scale draws, nodes in random order, without loops, symmetrised and merged.
Graph rmat(int scale, Offset edge_factor, Rng rng);

// Each made once, when it is first asked for.
const Sparse& cora_adjacency();  // with self-loops and GCN's weights, [2708, 2708]
const Sparse& cora_features();   // bag of words, [2708, 1433]
const Graph& rmat20();           // edge factor 16
const Graph& rmat22();
const Sparse& rmat18();  // edge factor 16, every entry 1

}  // namespace pfm
