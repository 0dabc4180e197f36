// Walks as a file, written while they are sampled.
#pragma once
#include <pfm/io/provenance.h>
#include <pfm/kernels/matrix.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace pfm::io {

// `walks` walks of `nodes_a_walk` nodes, -1 after the end of a walk; next() gives the next rows, one or more, and is
// called until all are there. By the ending of `path`: .h5 (docs/format.md), or .txt, a walk a line, nodes by name
// where there are names [N], else by number, with a space between. Another ending: Error(Fault::usage). Names that are
// empty or hold blanks: Error(Fault::input) for .txt. The file appears whole or not at all.
void write_walks(const std::filesystem::path& path, Offset walks, Offset nodes_a_walk,
                 const std::vector<std::string>& names, const std::function<std::span<const NodeId>()>& next,
                 const Provenance& made_by = {});

}  // namespace pfm::io
