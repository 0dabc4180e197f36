// One HDF5 file in AnnData's encoding (docs/format.md), nothing in it trusted.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/io/hdf5.h>

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace pfm::io {

// Values that `owner` keeps alive: of the mapped file where it holds them as they are, else a converted copy.
template <class T>
struct Stored {
  std::span<const T> values;
  std::shared_ptr<const void> owner;
  std::vector<Offset> shape;
};

// Every failure: Error(Fault::input) that names file and place. Big arrays are mapped: who overwrites the file in place
// (pfm replaces, it never overwrites) changes what a running program sees.
class Hdf5Reader {
 public:
  explicit Hdf5Reader(std::filesystem::path path);  // after io::check

  bool has(const std::string& path) const;
  std::vector<std::string> children(const std::string& path) const;  // names in ascending order; none = no such group
  std::string text(const std::string& path, const char* attribute) const;                   // "" if there is none
  std::vector<std::int64_t> numbers(const std::string& path, const char* attribute) const;  // empty if there is none
  std::vector<std::string> texts(const std::string& path, const char* attribute) const;     // empty if there is none
  Stored<std::int32_t> ids(const std::string& path) const;                                  // integers that fit 32 bits
  Stored<std::int64_t> offsets(const std::string& path) const;                              // integers
  Stored<Real> reals(const std::string& path) const;
  std::vector<std::string> strings(const std::string& path) const;  // UTF-8
  Matrix matrix(const std::string& path) const;                     // rank 2, finite
  Sparse sparse(const std::string& path) const;  // csr_matrix; finite; columns sorted if they are not
  // The arrays indptr, indices and data of a group, whatever it says of itself, as a matrix of this shape.
  Sparse compressed(const std::string& path, const std::vector<std::int64_t>& shape) const;
  bool is_boolean(const std::string& path) const;
  std::vector<bool> booleans(const std::string& path) const;  // rank 1
  // A categorical (codes and names) or plain integers.
  std::vector<std::int32_t> classes(const std::string& path, std::vector<std::string>& names) const;
  enum class Kind { group, numbers, strings };
  Kind kind(const std::string& path) const;
  // Compares an array with its checksum, unless reading did; false where it has none.
  bool verify(const std::string& path) const;
  // What reading noticed beside the values.
  struct Findings {
    std::set<std::string> verified;          // arrays that agreed with their checksums
    std::map<std::string, Offset> unsorted;  // indices whose columns had to be sorted, and the first entry out of order
  };
  const Findings& findings() const { return findings_; }
  [[noreturn]] void fail(const std::string& path, const std::string& what) const;

 private:
  template <class T>
  Stored<T> read(const std::string& path) const;
  template <class T>
  Stored<T> mapped(hdf5::Id dataset, std::vector<Offset> shape, Offset count) const;
  hdf5::Handle open(const std::string& path) const;
  std::vector<Offset> shape_of(hdf5::Id dataset, const std::string& path) const;
  void verify(const std::string& path, std::span<const std::byte> bytes) const;
  Sparse sorted(const std::string& path, const std::vector<Offset>& shape, std::span<const Offset> offsets,
                std::span<const NodeId> columns, std::span<const Real> values) const;
  bool all_ones(const std::string& path) const;

  std::filesystem::path path_;
  hdf5::Quiet quiet_;
  hdf5::Handle file_;
  std::shared_ptr<const std::span<const std::byte>> map_;  // the whole file
  mutable Findings findings_;
};

}  // namespace pfm::io
