// Graphs in Graphviz' DOT, through the reader of Boost.Graph.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// One `graph` (undirected) or `digraph`. Ids are names, the attribute `weight` of an edge is its weight (1 where only
// others have one); other attributes are drawing and passed over. Nodes are in the order of their numbers where all ids
// are whole numbers, else of their bytes. At most 16 MiB (inflated), brackets at most 100 deep; a child process with
// limits parses the file first, for a short text can stand for any number of edges (`{a b ..} -> {c d ..}`).
// Error(Fault::input): anything else; of brackets with line and column.
Dataset read_dot(Paths paths, const ReadRules& rules);

bool is_dot(const std::filesystem::path& path);  // begins with [strict] graph|digraph [id] {

}  // namespace pfm::io
