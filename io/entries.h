// A matrix as a file gives it: places with values, in any order.
#pragma once
#include <pfm/graph/build.h>

#include <string>
#include <vector>

namespace pfm::io {

struct Entries {
  Offset rows = 0, cols = 0;  // each below 2^31 - 1
  std::vector<Edge> places;   // row, column; in range
  std::vector<Real> values;   // [entries] finite
  void add(NodeId row, NodeId column, Real value) { places.push_back({row, column}), values.push_back(value); }
};

// Whether a file of so many bytes may have so many rows: rows that no entry stands for cost memory all the same. Up to
// 2^23, or 32 to a byte.
bool plausible(Offset rows, std::uintmax_t file_bytes);

// Rows of features: zeros are left out, unweighted if every value is 1. A place that is given twice:
// Error(Fault::input) that begins with `name`.
Sparse features_of(const std::string& name, Entries entries);

// Nodes with an edge per entry that is not zero; weights unless every one is 1. Another shape than a square one:
// Error(Fault::input).
Graph graph_of(const std::string& name, Entries entries, const BuildRules& rules);

}  // namespace pfm::io
