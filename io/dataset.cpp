#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/io/builtin.h>
#include <pfm/io/check.h>
#include <pfm/io/dataset.h>
#include <pfm/io/planetoid.h>
#include <pfm/io/tu_single.h>

#include <algorithm>
#include <filesystem>

namespace pfm::io {

Dataset load(const std::string& what) {
  namespace fs = std::filesystem;
  if (std::ranges::count(builtin_names(), what)) return builtin(what);
  const fs::path path = what;
  if (!fs::exists(path))
    throw Error(Fault::input, fmt::format("'{}': no such file or folder, nor a built-in data set ({})", what,
                                          fmt::join(builtin_names(), ", ")));
  if (fs::is_directory(path)) return read_planetoid_text(fs::exists(path / "edges.txt") ? path : path / "text");
  return is_hdf5(path) ? read_dataset(path) : read_tu_single(path);
}

}  // namespace pfm::io
