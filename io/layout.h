// How arrays lie in an HDF5 file.
#pragma once

namespace pfm::io {

// In one aligned piece each, so that they can be mapped, or in deflated chunks: smaller, slower to read.
enum class Layout { mapped, archive };

}  // namespace pfm::io
