// One HDF5 file in AnnData's encoding (docs/format.md), written whole or not at all.
#pragma once
#include <pfm/graph/features.h>
#include <pfm/io/atomic_file.h>
#include <pfm/io/hdf5.h>
#include <pfm/io/layout.h>
#include <pfm/io/provenance.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace pfm::io {

// Paths are absolute ("/nodes/node/x"); parents are made as AnnData "dict" groups. Every array carries its XXH3.
// Failures: Error(Fault::writing).
class Hdf5Writer {
 public:
  Hdf5Writer(std::filesystem::path path, const std::string& kind, const Provenance& made_by,
             Layout layout = Layout::mapped);
  // Another program's file: its root says this encoding and no more.
  Hdf5Writer(std::filesystem::path path, const char* encoding, const char* version);
  void group(const std::string& path, const char* encoding = "dict", const char* version = "0.1.0");
  void attribute(const std::string& path, const char* name, const std::string& text);
  void attribute(const std::string& path, const char* name, std::span<const std::int64_t> numbers);
  void attribute(const std::string& path, const char* name, std::span<const std::string> texts);
  void array(const std::string& path, std::span<const std::int32_t> values, std::vector<Offset> shape = {});
  void array(const std::string& path, std::span<const std::int64_t> values, std::vector<Offset> shape = {});
  void array(const std::string& path, std::span<const Real> values, std::vector<Offset> shape = {});
  void array(const std::string& path, const Matrix& values) {
    array(path, values.values(), {values.rows(), values.cols()});
  }
  // [rows, columns] from next(), which gives one row or more at a time and is called until all are there.
  void array_in_pieces(const std::string& path, Offset rows, Offset columns,
                       const std::function<std::span<const std::int32_t>()>& next);
  void strings(const std::string& path, std::span<const std::string> values);
  void sparse(const std::string& path, const Sparse& matrix);  // csr_matrix; unweighted: no bytes for its ones
  // -1 = none. Without names the categories are the numbers 0, 1, ..
  void categorical(const std::string& path, std::span<const std::int32_t> codes, std::span<const std::string> names);
  void booleans(const std::string& path, const std::vector<bool>& values);
  void commit();  // the file appears

 private:
  explicit Hdf5Writer(std::filesystem::path path);
  void encoded(const std::string& path, const char* type, const char* version);
  hdf5::Handle open(const std::string& path);
  hdf5::Handle dataset(const std::string& path, hdf5::Id type, const std::vector<Offset>& shape, hdf5::Id creation);
  void numbers(const std::string& path, hdf5::Id stored, hdf5::Id memory, std::span<const std::byte> bytes,
               Offset count, std::vector<Offset> shape);
  void ones(const std::string& path, Offset count);
  void check(bool done) const;

  hdf5::Handle array_creation(const std::vector<Offset>& shape, std::size_t bytes) const;

  Layout layout_ = Layout::mapped;
  AtomicFile out_;
  std::unique_ptr<hdf5::Sink> sink_;
  hdf5::Quiet quiet_;
  hdf5::Handle file_;
};

}  // namespace pfm::io
