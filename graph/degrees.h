// How many edges nodes have.
#pragma once
#include <pfm/graph/graph.h>

namespace pfm {

// A node's degree is the number of its stored entries as a source: neighbours where the graph is undirected.
struct Degrees {
  Offset min = 0, max = 0;
  double mean = 0;
  NodeId isolated = 0;  // nodes that are the source and the target of nothing
};
Degrees degrees(const Graph& graph);  // all 0 without nodes

// [N] The sum of the weights of a node's stored entries as a source. Error(input) where a weight is negative: what asks
// for strengths follows edges in proportion to them.
std::vector<double> strengths(const Graph& graph);

}  // namespace pfm
