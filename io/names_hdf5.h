// Names in a file: strings, or plain integers where all of them are numbers, which takes an eighth of the room and
// time.
#pragma once
#include <pfm/io/hdf5_reader.h>
#include <pfm/io/hdf5_writer.h>

namespace pfm::io {

void write_names(Hdf5Writer& file, const std::string& path, std::span<const std::string> names);
std::vector<std::string> read_names(const Hdf5Reader& file, const std::string& path);

}  // namespace pfm::io
