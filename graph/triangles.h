// Triangles and how far neighbours know each other.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

// The graph is undirected; loops and repeated edges do not count.
struct Triangles {
  std::vector<Offset> of;      // [N] triangles that the node is a corner of
  std::vector<Offset> degree;  // [N] different neighbours but itself
  Offset count = 0;            // of the whole graph

  // [N] The share of a node's pairs of neighbours that are joined; 0 with fewer than two (Watts & Strogatz 1998).
  std::vector<double> clustering() const;
  double average_clustering() const;  // the mean of those; 0 without nodes
  double transitivity() const;        // the share of all paths of two edges that are closed
};

// Each edge points to its end of higher degree; the rows that a node points to are looked up in its own (Latapy 2008).
// At most in proportion to E^1.5, on all threads: 2 bytes a stored entry, 16 a node and 4 a node and thread beside the
// graph and the result.
Triangles triangles(const Graph& graph);

}  // namespace pfm
