// What a file says of its own making.
#pragma once
#include <string>
#include <vector>

namespace pfm::io {

// It enters the file, so nothing may differ between equal runs (no times, paths, threads).
struct Provenance {
  std::string command;  // canonical: method, checksum of the data, options that change the result, seed
  struct Source {
    std::string name;  // of a file, without folders
    std::string xxh3;
  };
  std::vector<Source> sources;
};

}  // namespace pfm::io
