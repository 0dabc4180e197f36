// Eigenvectors of the normalised Laplacian: coordinates of the nodes in which neighbours are close.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

struct Spectrum {
  std::vector<double> values;  // [k] ascending, in [0, 2]
  Matrix vectors;              // [N, k] column j belongs to values[j], of norm 1
};

// The k smallest eigenvalues, 1 <= k <= N, of L = I - D^-1/2 A D^-1/2; the row of a node of degree 0 is 0. The graph is
// undirected; weights count. Of eigenvalue 0 there is one vector a component: D^1/2 on its nodes, in the order of
// components(). Elsewhere a vector is turned so that the first of its largest entries is positive, and the vectors of
// a repeated eigenvalue are some basis of their space, the same in every run.
//
// Up to 512 nodes by a full decomposition, beyond by Lanczos iterations with implicit restarts (Spectra): a product
// with L each, and 32 k + 160 bytes a node. Iterations go on from what is found until no smaller eigenvalue appears, so
// that repeated ones are complete. Error(input) where a weight is negative, or where the iterations do not converge:
// the eigenvalues lie too close together (long paths and grids do that).
Spectrum laplacian_spectrum(const Graph& graph, NodeId k);

}  // namespace pfm
