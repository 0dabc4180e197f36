// Embeddings: a row per item, with or without names.
#pragma once
#include <pfm/io/provenance.h>
#include <pfm/kernels/matrix.h>

#include <filesystem>
#include <string>
#include <vector>

namespace pfm::io {

class Hdf5Reader;

struct Embedding {
  Matrix rows;                     // [N, d]
  std::vector<std::string> names;  // [N] or empty
};

// By the ending of `path`: .h5 (docs/format.md), .npy (without names), .txt (word2vec: `N d`, then a line per row with
// its name, or its number where there are none; names may hold no blanks). Another ending: Error(Fault::usage).
// Equal embeddings give equal bytes; the file appears whole or not at all.
void write_embedding(const std::filesystem::path& path, const Matrix& rows, const std::vector<std::string>& names = {},
                     const Provenance& made_by = {});

// The same endings. NaN and infinite values are refused with their place; names of .txt that are the numbers 0 .. N-1
// in order count as none.
Embedding read_embedding(const std::filesystem::path& path);
Embedding read_embedding(const Hdf5Reader& file);

}  // namespace pfm::io
