#include <pfm/io/present.h>

namespace pfm::io {

std::filesystem::path present(const std::filesystem::path& path) {
  std::error_code none;
  for (const char* ending : {"", ".gz"})
    if (std::filesystem::path file = path.string() + ending; std::filesystem::exists(file, none)) return file;
  return {};
}

}  // namespace pfm::io
