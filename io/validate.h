// Whether a file keeps every promise of docs/format.md.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace pfm::io {

struct Checked {
  std::string what, found;  // "splits", "train 140, validation 500, test 1000: in range, each item once, disjoint"
};

// A data set or an embedding in HDF5: all that reading checks, and beyond it encodings, checksums of every array,
// order of columns, edges within their graphs, disjoint splits and folds, different names. What was checked, in order;
// the first violation is an Error(Fault::input) with its place. Big arrays are mapped and passed over twice, once for
// the checksum; memory goes with nodes and strings, not with edges (of one type).
std::vector<Checked> validate(const std::filesystem::path& path);

}  // namespace pfm::io
