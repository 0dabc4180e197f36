// The part of a data set's file that holds several kinds of nodes and edges (docs/format.md).
#pragma once
#include <pfm/graph/dataset.h>
#include <pfm/io/hdf5_reader.h>
#include <pfm/io/hdf5_writer.h>

namespace pfm::io {

void write_typed(Hdf5Writer& file, const Dataset& data);  // data.types is not empty
bool is_typed(const Hdf5Reader& file);
void read_typed(const Hdf5Reader& file, Dataset& data);  // types, graph, features, names, texts

// A name as one component of an HDF5 path, and back: %, /, control characters and a leading dot become %XX.
std::string escaped(const std::string& name);
std::string unescaped(const std::string& component);

}  // namespace pfm::io
