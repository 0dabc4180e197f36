// Edge lists: a line per edge.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// Lines `source target [weight]` between spaces: names where `data` has them, else 0 .. N-1; an undirected edge once
// unless `rules.both`. The file says neither direction nor nodes without edges. Names that are empty, begin with # or %
// or hold spaces, tabs, commas, quotation marks or line ends, whole numbers with signs or leading zeros where all names
// are such, a first line like `source target`, and a graph without edges: Error(Fault::input). Error(Fault::writing):
// the file.
void write_edge_list(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules);

}  // namespace pfm::io
