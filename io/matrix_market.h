// The exchange format of Matrix Market (Boisvert, Pozo, Remington 1996): coordinates of a square sparse matrix.
#pragma once
#include <pfm/io/formats.h>

namespace pfm::io {

// `%%MatrixMarket matrix coordinate FIELD SYMMETRY`, comments with %, `rows columns entries`, then `row column [value]`
// counted from 1; row = source. FIELD: real, integer (weights) or pattern (none). SYMMETRY: general (directed unless
// `rules` say otherwise), symmetric (undirected; entries from either triangle), skew-symmetric (the reverse has the
// negative weight). Dense, complex and rectangular matrices are refused. Nodes have no names; labels name them 1 .. N.
// Error(Fault::input): anything else.
Dataset read_matrix_market(Paths paths, const ReadRules& rules);

bool is_matrix_market(const std::filesystem::path& path);

// The graph of `data` alone: real or pattern; undirected is symmetric with the lower triangle, or general with
// `rules.both`. Error(Fault::writing): the file.
void write_matrix_market(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules);

}  // namespace pfm::io
