// Checksums of arrays in HDF5 files.
#include <hdf5.h>
#include <pfm/io/checksum.h>
#include <pfm/io/hdf5_reader.h>

namespace pfm::io {

using hdf5::Handle;

void Hdf5Reader::verify(const std::string& path, std::span<const std::byte> bytes) const {
  const std::string stated = text(path, "xxh3");
  if (stated.empty()) return;
  if (stated != checksum(bytes)) fail(path, "its checksum differs: damaged");
  findings_.verified.insert(path);
}

Hdf5Reader::Kind Hdf5Reader::kind(const std::string& path) const {
  const Handle object = open(path);
  if (H5Iget_type(object) != H5I_DATASET) return Kind::group;
  const Handle type(H5Dget_type(object), H5Tclose);
  return H5Tget_class(type) == H5T_STRING ? Kind::strings : Kind::numbers;
}

bool Hdf5Reader::verify(const std::string& path) const {
  if (findings_.verified.contains(path)) return true;
  if (text(path, "xxh3").empty()) return false;
  if (kind(path) == Kind::strings) return strings(path), true;
  const Handle dataset = open(path);
  const Handle type(H5Dget_type(dataset), H5Tclose), creation(H5Dget_create_plist(dataset), H5Pclose),
      space(H5Dget_space(dataset), H5Sclose);
  const std::size_t bytes = H5Tget_size(type) * std::size_t(H5Sget_simple_extent_npoints(space));  // checked before
  const haddr_t at = H5Dget_offset(dataset);
  if (H5Pget_layout(creation) == H5D_CONTIGUOUS && at <= map_->size() && bytes <= map_->size() - at) {
    verify(path, map_->subspan(at, bytes));
    return true;
  }
  std::vector<std::byte> content(bytes);
  if (bytes > 0 && H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, content.data()) < 0) fail(path, "damaged");
  verify(path, content);
  return true;
}

}  // namespace pfm::io
