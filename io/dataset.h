// Data sets: where they come from and how they are kept.
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/io/layout.h>
#include <pfm/io/provenance.h>

#include <filesystem>

namespace pfm::io {

class Hdf5Reader;

// A built-in name, a file or a folder of a known format (io/formats.h). Error(Fault::input) names what was looked for.
Dataset load(const std::string& what);

// HDF5, docs/format.md. Equal data, provenance and layout give equal bytes.
void write_dataset(const std::filesystem::path& path, const Dataset& data, const Provenance& made_by = {},
                   Layout layout = Layout::mapped);
Dataset read_dataset(const std::filesystem::path& path);
Dataset read_dataset(const Hdf5Reader& file);

}  // namespace pfm::io
