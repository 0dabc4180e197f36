// DATA on the command line.
#pragma once
#include <pfm/graph/dataset.h>

namespace pfm {

// A built-in name or a file or folder that io/ recognises. Error (input): nothing of that name, with the nearest one.
Dataset open_data(const std::string& word);

}  // namespace pfm
