// Edge lists, CSV, TSV, SNAP: a line per edge; fields separated by spaces, tabs or commas, or by --delimiter; lines
// that start with # or % are comments; a first line that names columns (source, target, ...) is a header.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// If every id is an integer, nodes are numbered in ascending order of their ids, which may not be negative; else ids
// are UTF-8 strings, numbered as they first appear. Where ids are not 0 .. N-1 they become the names. Without a header
// or --columns the first line decides whether there are weights (finite numbers). Types become relations of one node
// type, so that edges of different types between two nodes all stay; times become an attribute of the edges. Several
// files are parts of one list. Labels: io/node_labels.h.
Dataset read_edge_list(Paths paths, const ReadRules& rules);

// The same from contents in memory; `labels_name` empty: no labels.
Dataset parse_edge_list(const std::string& name, std::string_view content, const ReadRules& rules,
                        const std::string& labels_name = "", std::string_view labels = {});

// What reading it will take, found by going over it once: nothing where ids are no integers or columns not the usual.
struct EdgeListNeeds {
  Offset lines, nodes;
  std::size_t memory, file;  // bytes: at the peak of reading; of the HDF5 file if no edge is repeated
};
std::optional<EdgeListNeeds> needs_of_edge_list(Paths paths, const ReadRules& rules, int threads);

}  // namespace pfm::io
