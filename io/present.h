// A file that may be plain or gzip.
#pragma once
#include <filesystem>

namespace pfm::io {

// `path`, or `path` with .gz behind it; empty if neither is there.
std::filesystem::path present(const std::filesystem::path& path);

}  // namespace pfm::io
