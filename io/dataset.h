// Where data sets come from.
#pragma once
#include <pfm/graph/dataset.h>

namespace pfm::io {

// A built-in name, a file or a folder of a known format. Error(Fault::input) names what was looked for.
Dataset load(const std::string& what);

}  // namespace pfm::io
