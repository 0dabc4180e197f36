// A graph from rows: each joined to those most like it.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/graph/graph.h>

namespace pfm {

// Node i's entries are the k other rows of the largest cosine (min(k, N - 1) of them), which are the weights; of equal
// ones the smaller rows. A zero row has cosine 0 with all. Directed: symmetrised() makes it undirected. Exact, N^2 d
// multiplications where rows are dense; no [N, N] matrix is held.
Graph knn_graph(const Features& rows, NodeId k);

}  // namespace pfm
