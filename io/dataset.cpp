#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pfm/io/builtin.h>
#include <pfm/io/checksum.h>
#include <pfm/io/dataset.h>
#include <pfm/io/formats.h>
#include <pfm/io/text.h>
#include <pfm/kernels/version.h>

#include <algorithm>
#include <cstdlib>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;

fs::path cache_folder() {
  if (const char* set = std::getenv("XDG_CACHE_HOME"); set != nullptr && *set == '/') return fs::path(set) / "pfm";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') return fs::path(home) / ".cache" / "pfm";
  return {};
}

const Format& format_of(const std::string& what) {
  std::error_code none;
  const fs::path path = what;
  if (!fs::exists(path, none))
    throw Error(Fault::input, fmt::format("'{}': no such file or folder, nor a built-in data set ({})", what,
                                          fmt::join(builtin_names(), ", ")));
  const Format* format = recognised(path);
  if (format != nullptr) return *format;
  std::vector<std::string> known;
  for (const Format& f : formats()) known.emplace_back(f.id);
  throw Error(Fault::input, fmt::format("'{}': its format is not recognised, expected one of {}; `pfm convert FORMAT` "
                                        "names it",
                                        what, fmt::join(known, ", ")));
}

}  // namespace

Dataset load(const std::string& what) { return load_converted(what).data; }

Loaded load_converted(const std::string& what, const std::function<void(const std::string&)>& note) {
  if (std::ranges::count(builtin_names(), what)) return {builtin(what), {}};
  const Format& format = format_of(what);
  const fs::path path = what;
  if (format.id == std::string("hdf5")) return {read_dataset(path), {}};
  const fs::path cache = cache_folder();
  const std::string sum = checksum_of_file(path);
  // Another program version or number type may read the same file differently.
  const fs::path kept = cache / fmt::format("{}.h5", checksum(std::vector<std::string>{sum, format.id, version(),
                                                                                       std::to_string(sizeof(Real)),
                                                                                       path.filename().string()}));
  std::error_code none;
  if (!cache.empty() && fs::exists(kept, none)) {
    try {
      return {read_dataset(kept), kept};
    } catch (const Error&) {  // damaged: made anew below
    }
  }
  Dataset data = format.read(std::span(&path, 1), {.note = note});
  if (cache.empty()) return {std::move(data), {}};
  try {
    fs::create_directories(cache, none);
    write_dataset(kept, data, {fmt::format("convert {}", format.id), {{as_utf8(path.filename().string()), sum}}});
  } catch (const Error&) {  // a cache that cannot be written costs time, nothing else
    return {std::move(data), {}};
  }
  return {std::move(data), kept};
}

}  // namespace pfm::io
