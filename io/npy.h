// numpy's .npy files: one dense array.
#pragma once
#include <pfm/kernels/matrix.h>

#include <filesystem>

namespace pfm::io {

void write_npy(const std::filesystem::path& path, const Matrix& matrix);
// Little-endian f4 or f8, rank 1 ([n] becomes [n, 1]) or 2, by rows or columns; finite values only.
Matrix read_npy(const std::filesystem::path& path);

}  // namespace pfm::io
