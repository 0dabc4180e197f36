// Edge lists: a line `u v` or `u v weight` per edge; fields separated by spaces, tabs or commas; lines that start with
// # or % are comments.
#pragma once
#include <pfm/io/formats.h>

#include <filesystem>

namespace pfm::io {

// If every id is an integer, nodes are numbered in ascending order of their ids, which may not be negative; else ids
// are UTF-8 strings, numbered as they first appear. Where ids are not 0 .. N-1 they become the names. The first edge
// decides whether there are weights (finite numbers). `labels`: empty, or a file of lines `node label...`; several
// labels of one node anywhere make label sets, else classes; labels of nodes without an edge are refused.
Dataset read_edge_list(Paths paths, const ReadRules& rules);
Dataset parse_edge_list(const std::string& name, std::string_view content, const BuildRules& rules,
                        const std::string& labels_name = "", std::string_view labels = {});

}  // namespace pfm::io
