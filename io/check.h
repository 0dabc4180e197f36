// Whether an HDF5 file may be opened by this process. libhdf5 is not a safety boundary: damaged or hostile files make
// it crash or hang, so a child process with limits on memory, CPU and time walks the whole file first.
#pragma once
#include <filesystem>

namespace pfm::io {

bool is_hdf5(const std::filesystem::path& path);  // by its first bytes

// Throws Error(Fault::input) unless all metadata, attributes, strings and small or compressed arrays can be read and
// only hold what docs/format.md allows. Refused: external and soft links, hard-link cycles, external storage, virtual
// data sets, filters other than shuffle and deflate, compound, opaque, reference and named types, enumerations other
// than h5py's boolean, sizes beyond the file's own, texts of variable length that do not fit what is stored.
void check(const std::filesystem::path& path);

}  // namespace pfm::io
