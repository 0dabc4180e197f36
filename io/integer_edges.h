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

// What such a file holds, found by going over it and keeping nothing but which ids occur.
struct EdgeListSize {
  Offset lines = 0, nodes = 0;
  NodeId highest = -1;
  Offset crowded = 0;     // sources in the range of ids that has most, see GraphStream::peak_bytes
  std::size_t bytes = 0;  // of text, inflated
};
std::optional<EdgeListSize> count_integer_edges(Paths paths, const ReadRules& rules, bool weighted, bool skip_first);

// Bytes at the peak of reading it with so many threads, the graph and its names included.
std::size_t reading_bytes(const EdgeListSize& size, const ReadRules& rules, bool weighted, int threads);

}  // namespace pfm::io
