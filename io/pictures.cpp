#include <fmt/format.h>
#include <pfm/io/pictures.h>
#include <pfm/io/text.h>
#include <pfm/kernels/error.h>

#include <algorithm>
#include <map>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 10'000'000;
constexpr int deepest = 8;  // folders within folders

enum class Kind { none, png, jpeg };

Kind kind_of(const fs::path& path) {
  const std::string ending = lower_case(path.extension().string());
  if (ending == ".png") return Kind::png;
  return ending == ".jpg" || ending == ".jpeg" ? Kind::jpeg : Kind::none;
}

// At most `most` of them; links to folders are not followed.
std::vector<fs::path> pictures_below(const fs::path& folder, std::size_t most) {
  std::vector<fs::path> files;
  std::error_code none;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, none), end;
       at != end && files.size() < most; at.increment(none)) {
    if (at.depth() >= deepest) at.disable_recursion_pending();
    if (kind_of(at->path()) != Kind::none && at->is_regular_file(none)) files.push_back(at->path());
  }
  std::ranges::sort(files);
  return files;
}

bool tests(const fs::path& below) {
  const std::string part = below.empty() ? "" : lower_case(below.begin()->string());
  return part == "test" || part == "val" || part == "validation";
}

Picture decode(const fs::path& path) {
  const std::string bytes = read_file(path);
  return kind_of(path) == Kind::png ? decode_png(path.string(), bytes) : decode_jpeg(path.string(), bytes);
}

// Grey pictures among coloured ones get three equal channels.
void append(std::vector<std::uint8_t>& all, const Picture& picture, Offset channels) {
  if (picture.channels == channels) {
    all.insert(all.end(), picture.values.begin(), picture.values.end());
    return;
  }
  for (const std::uint8_t v : picture.values) all.insert(all.end(), std::size_t(channels), v);
}

}  // namespace

bool is_pictures(const fs::path& path) {
  std::error_code none;
  return fs::is_directory(path, none) && !pictures_below(path, 1).empty();
}

Dataset read_pictures(Paths paths, const ReadRules&) {
  std::vector<fs::path> files = pictures_below(paths[0], most_files);
  const auto below = [&](const fs::path& file) { return file.lexically_relative(paths[0]); };
  std::ranges::stable_partition(files, [&](const fs::path& file) { return !tests(below(file)); });
  std::vector<Picture> pictures;
  std::map<std::string, std::int32_t> classes;
  Images all;
  Offset pixels = 0;
  for (const fs::path& file : files) {
    pictures.push_back(decode(file));
    const Picture& last = pictures.back();
    pixels += Offset(last.grid.height) * last.grid.width;
    if (pixels > most_pixels)
      throw Error(Fault::input,
                  fmt::format("{}: more than {} pixels up to {}", paths[0].string(), most_pixels, file.string()));
    all.channels = std::max(all.channels, last.channels);
    all.grids.push_back(last.grid);
    classes.emplace(below(file).parent_path().filename().string(), 0);
    if (tests(below(file)) && !tests(below(files[0]))) ++all.test;
  }
  for (Picture& picture : pictures) append(all.values, std::exchange(picture, {}), all.channels);
  if (classes.size() > 1) {
    for (auto& [name, number] : classes) number = std::int32_t(all.class_names.size()), all.class_names.push_back(name);
    for (const fs::path& file : files) all.classes.push_back(classes.at(below(file).parent_path().filename().string()));
  }
  return image_dataset(name_from(paths[0]), std::move(all));
}

}  // namespace pfm::io
