// The usual edge list, read by all threads: lines `u v` or `u v weight` of whole numbers from 0 to 2^31 - 2.
#pragma once
#include <pfm/io/formats.h>

#include <optional>

namespace pfm::io {

struct IntegerEdges {
  Graph graph;              // nodes in ascending order of their ids
  std::vector<NodeId> ids;  // [N] of the nodes, or empty: 0 .. N-1
};

// `paths` one after the other. `skip_first`: the first line of each is a header. Nothing where some line is of another
// kind, or ids are so far apart that a table of them would be larger than the edges: the caller then reads field by
// field, which also finds the words for what is wrong. Damaged files: Error(Fault::input).
std::optional<IntegerEdges> read_integer_edges(Paths paths, const ReadRules& rules, bool weighted, bool skip_first);

}  // namespace pfm::io
