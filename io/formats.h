// The formats that data sets come in: one visible table.
#pragma once
#include <pfm/graph/build.h>
#include <pfm/graph/dataset.h>

#include <filesystem>
#include <span>

namespace pfm::io {

struct ReadRules {
  BuildRules build{.undirected = true, .self_loops = BuildRules::SelfLoops::keep};
};

struct Format {
  const char* id;
  const char* about;
  bool (*recognise)(const std::filesystem::path& path);  // by names and first bytes; cheap
  // One path, or more where the format has parts in files of their own (an edge list and its labels).
  Dataset (*read)(std::span<const std::filesystem::path> paths, const ReadRules& rules);
};

std::span<const Format> formats();                            // in the order in which they are tried
const Format* recognised(const std::filesystem::path& path);  // null if none fits

// What `load` gives, and where it came from.
struct Loaded {
  Dataset data;
  std::filesystem::path converted;  // the HDF5 file that a foreign format was kept as; empty if none
};
// As load(); a foreign format is converted once into $XDG_CACHE_HOME/pfm/<checksum>.h5 (else ~/.cache/pfm) and read
// from there afterwards. Without a folder that can be written it is read as it is, every time.
Loaded load_converted(const std::string& what);

}  // namespace pfm::io
