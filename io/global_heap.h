// Texts of variable length in HDF5. An array holds a reference to each: length, address of a "global heap collection"
// elsewhere in the file, number of the text in it (HDF5 File Format Specification 3.0, III.E). libhdf5 1.10 makes room
// for the length that the reference states and copies as many bytes as the collection states, and looks numbers up
// unchecked: a damaged file makes it write over its own memory without a sign. So both are compared here, without it.
#pragma once
#include <pfm/io/hdf5.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pfm::io {

// For the child process that checks a file: it teaches the library of this process to hand references out as they are.
class GlobalHeaps {
 public:
  GlobalHeaps(hdf5::Id file, const std::filesystem::path& path);

  // What is wrong with `count` texts of `type`, "" if nothing is; refused too where references cannot be followed here:
  // in a file with a user block or with addresses of other than 8 bytes. `read(memory_type, buffer)` is H5Dread or
  // H5Aread of them.
  std::string fault(hdf5::Id type, std::int64_t count, const std::function<int(hdf5::Id, void*)>& read);

 private:
  using Lengths = std::vector<std::pair<std::uint32_t, std::uint64_t>>;  // (number, length) of texts, by number
  const Lengths& collection(std::uint64_t address);                      // throws Error(Fault::input)

  std::ifstream in_;
  std::uint64_t bytes_;
  bool plain_;  // addresses of 8 bytes that count from the file's beginning
  hdf5::Handle reference_;
  std::map<std::uint64_t, Lengths> collections_;
};

}  // namespace pfm::io
