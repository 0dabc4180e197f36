// FORMAT on the command line.
#pragma once
#include <pfm/io/formats.h>

namespace pfm {

// The format of that id that can be read, or written. Error (usage): none, with the nearest one.
const io::Format& format_to_read(const std::string& id);
const io::Format& format_to_write(const std::string& id);
// Their ids, one after the other.
std::string formats_to_read();
std::string formats_to_write();

}  // namespace pfm
