// The formats that data sets come in: one visible table.
#pragma once
#include <pfm/graph/build.h>
#include <pfm/graph/dataset.h>

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace pfm::io {

// What the user says beyond the file. Repeated edges and self-loops are the same for all formats: a repeated edge
// counts once (its first weight, or the sum), a self-loop stays.
struct ReadRules {
  std::optional<bool> undirected =
      {};                             // not given: as the file says; undirected where files of the format cannot say it
  bool weighted = false;              // weights must be there
  bool sum = false;                   // weights of repeated edges are added
  std::filesystem::path labels = {};  // a file of its own with labels of nodes; may be empty
  char delimiter = 0;                 // between fields; 0 = spaces, tabs and commas
  std::vector<std::string> columns =
      {};  // of an edge list: source, target, weight, type, time, -; empty = as they come
  std::function<void(const std::string&)> note = {};  // gets a line about what a reader left out; may be empty

  // `says`: what the file or its format says of direction.
  BuildRules build(bool says = true) const {
    return {.undirected = undirected.value_or(says),
            .self_loops = BuildRules::SelfLoops::keep,
            .duplicates = sum ? BuildRules::Duplicates::sum : BuildRules::Duplicates::first};
  }
};

// What the user says of a file that is written.
struct WriteRules {
  bool both = false;  // an undirected edge is written from both ends; else once
};

using Paths = std::span<const std::filesystem::path>;

struct Format {
  const char* id;
  const char* about;
  const char* options;  // the members of ReadRules that mean something here, as words: "undirected weighted labels"
  bool (*recognise)(const std::filesystem::path& path);  // by names and first bytes; cheap
  // Of one path, or of up to `most` where one data set may lie in several files; null: only written.
  Dataset (*read)(Paths paths, const ReadRules& rules);
  void (*write)(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules) = nullptr;
  std::size_t most = 1;
  // What a file that is written can hold beside edges, as words of: weights direction names isolated classes features
  // label-sets reals splits texts. "both": WriteRules::both means something.
  const char* writes = nullptr;
};

std::span<const Format> formats();                            // in the order in which they are tried
const Format* recognised(const std::filesystem::path& path);  // null if none fits

// What `load` gives, and where it came from.
struct Loaded {
  Dataset data;
  std::filesystem::path converted;  // the HDF5 file that a foreign format was kept as; empty if none
};
// As load(); a foreign format is converted once into $XDG_CACHE_HOME/pfm/<checksum>.h5 (else ~/.cache/pfm) and read
// from there afterwards. Without a folder that can be written it is read as it is, every time. Where it is converted
// `note` gets what its reader left out.
Loaded load_converted(const std::string& what, const std::function<void(const std::string&)>& note = {});

}  // namespace pfm::io
