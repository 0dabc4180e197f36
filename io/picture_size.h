// What the size that a picture's file states may be, before memory is asked for.
#pragma once
#include <pfm/io/pictures.h>
#include <pfm/kernels/error.h>

namespace pfm::io {

// Sides from 1 to longest_side, and no more pixels than 10,000 for each byte of the file, which the emptiest picture
// needs: else Error(Fault::input) that begins with `name`.
Grid plausible_size(const std::string& name, std::uint64_t height, std::uint64_t width, std::size_t file_bytes);

}  // namespace pfm::io
