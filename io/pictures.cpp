#include <fmt/format.h>
#include <pfm/io/passed_over.h>
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

struct Below {
  std::vector<fs::path> pictures;  // in the order of their paths
  std::vector<std::string>
      others;  // by their paths below the folder: other files, what a link leads to, deeper folders
};

// Folders are gone through until there are `most` pictures; those that cannot be read set `error`. Links to folders are
// not followed.
Below files_below(const fs::path& folder, std::size_t most, std::error_code& error) {
  Below found;
  for (fs::recursive_directory_iterator at(folder, error), end; at != end && found.pictures.size() < most;
       at.increment(error)) {
    std::error_code none;
    const bool inner = at->is_directory(none) && !at->is_symlink(none), deep = at.depth() >= deepest;
    if (kind_of(at->path()) != Kind::none && at->is_regular_file(none))
      found.pictures.push_back(at->path());
    else if (!inner || deep)
      found.others.push_back(at->path().lexically_relative(folder).string());
    if (deep) at.disable_recursion_pending();
    if (error) break;
  }
  std::ranges::sort(found.pictures);
  return found;
}

bool tests(const fs::path& below) {
  const std::string part = below.empty() ? "" : lower_case(below.begin()->string());
  return part == "test" || part == "val" || part == "validation";
}

Picture decode(const fs::path& path) {
  const std::string bytes = read_file(path);
  if (bytes.empty()) throw Error(Fault::input, fmt::format("{}: the file is empty, expected a picture", path.string()));
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

std::vector<fs::path> all_pictures(const fs::path& folder, const ReadRules& rules) {
  std::error_code error;
  Below found = files_below(folder, most_files, error);
  const auto refuse = [&](const std::string& what) {
    throw Error(Fault::input, fmt::format("{}: {}", folder.string(), what));
  };
  if (error) refuse(fmt::format("the folder or one in it cannot be read: {}", error.message()));
  if (found.pictures.empty()) refuse("no .png, .jpg or .jpeg in it or in its folders");
  if (found.pictures.size() >= most_files) refuse(fmt::format("found {} pictures, expected fewer", most_files));
  say_passed_over(rules, folder, std::move(found.others));
  return std::move(found.pictures);
}

}  // namespace

bool is_pictures(const fs::path& path) {
  std::error_code none;
  return fs::is_directory(path, none) && !files_below(path, 1, none).pictures.empty();
}

Dataset read_pictures(Paths paths, const ReadRules& rules) {
  std::vector<fs::path> files = all_pictures(paths[0], rules);
  const auto below = [&](const fs::path& file) { return file.lexically_relative(paths[0]); };
  std::stable_partition(files.begin(), files.end(), [&](const fs::path& file) { return !tests(below(file)); });
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
