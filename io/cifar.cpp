#include <fmt/format.h>
#include <pfm/io/cifar.h>
#include <pfm/io/images.h>
#include <pfm/io/lines.h>
#include <pfm/io/passed_over.h>
#include <pfm/io/text.h>
#include <pfm/kernels/error.h>

#include <algorithm>
#include <utility>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;

constexpr std::int32_t side = 32;
constexpr std::size_t plane = std::size_t(side) * side, channels = 3;

bool is_records_file(const fs::path& path) {
  fs::path name = path.filename();
  if (name.extension() == ".gz") name = name.stem();
  if (name.extension() != ".bin") return false;
  const std::string begin = lower_case(name.string());
  return std::ranges::any_of(std::initializer_list<const char*>{"cifar", "data_batch", "test_batch", "train", "test"},
                             [&](const char* word) { return begin.starts_with(word); });
}

bool tests(const fs::path& path) { return lower_case(path.filename().string()).find("test") != std::string::npos; }

// The training parts first, each in the order of its name.
std::vector<fs::path> record_files(const fs::path& path) {
  std::error_code none;
  if (!fs::is_directory(path, none)) return {path};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path, none))
    if (is_records_file(entry.path())) files.push_back(entry.path());
  std::ranges::sort(files, {}, [](const fs::path& file) { return std::pair(tests(file), file); });
  return files;
}

// Bytes of labels before each image: 1 or, of CIFAR-100, 2 (coarse, fine); both files hold whole records.
std::size_t labels_of(const fs::path& path, std::size_t bytes) {
  for (const std::size_t labels : {1, 2})
    if (bytes > 0 && bytes % (labels + channels * plane) == 0) return labels;
  throw Error(Fault::input,
              fmt::format("{}: found {} bytes, expected records of {} or {}: one label or two, three planes "
                          "of {} x {} bytes",
                          path.string(), bytes, 1 + channels * plane, 2 + channels * plane, side, side));
}

// The images and classes of one file; `labels`: of a record in the files before it, 0 = it is the first.
void append(Images& all, const fs::path& path, std::size_t& labels) {
  const std::string bytes = read_text(path);
  const std::size_t before = std::exchange(labels, labels_of(path, bytes.size()));
  if (before != 0 && before != labels)
    throw Error(Fault::input, fmt::format("{}: found records of {} labels, those of the files before it have {}",
                                          path.string(), labels, before));
  const std::size_t record = labels + channels * plane;
  const std::int32_t classes = labels == 1 ? 10 : 100;
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(bytes[i]); };
  for (std::size_t at = 0; at < bytes.size(); at += record) {
    const std::int32_t label = byte(at + labels - 1);
    if (label >= classes)
      throw Error(Fault::input, fmt::format("{}: record {} is of class {}, expected one below {}", path.string(),
                                            at / record, label, classes));
    all.classes.push_back(label);
    all.grids.push_back({side, side});
    for (std::size_t p = 0; p < plane; ++p)
      for (std::size_t c = 0; c < channels; ++c) all.values.push_back(byte(at + labels + c * plane + p));
  }
}

// Of the file beside the records that names them, a class a line, if it is there.
std::vector<std::string> class_names(const fs::path& folder, std::span<const std::int32_t> classes,
                                     std::size_t labels) {
  const fs::path file = folder / (labels == 1 ? "batches.meta.txt" : "fine_label_names.txt");
  std::error_code none;
  if (!fs::exists(file, none)) return {};
  std::vector<std::string> names;
  for (Lines lines(file); lines.next();)
    if (const std::string_view name = trimmed(lines.line()); !name.empty()) names.emplace_back(name);
  const auto count = std::size_t(1 + *std::ranges::max_element(classes));
  if (names.size() < count)
    throw Error(Fault::input,
                fmt::format("{}: found {} names of classes, expected {}", file.string(), names.size(), count));
  return names;
}

}  // namespace

bool is_cifar(const fs::path& path) {
  std::error_code none;
  if (fs::is_directory(path, none)) {
    const std::vector<fs::path> files = record_files(path);
    return !files.empty();
  }
  return fs::is_regular_file(path, none) && is_records_file(path);
}

Dataset read_cifar(Paths paths, const ReadRules& rules) {
  std::error_code none;
  const bool folder = fs::is_directory(paths[0], none);
  Images all;
  all.channels = Offset(channels);
  std::size_t training = 0, labels = 0;
  const std::vector<fs::path> files = record_files(paths[0]);
  for (const fs::path& file : files) {
    append(all, file, labels);
    if (!tests(file)) training = all.grids.size();
  }
  if (all.grids.empty())
    throw Error(Fault::input, fmt::format("{}: no file of records NAME.bin in it", paths[0].string()));
  all.test = folder && training > 0 ? all.grids.size() - training : 0;
  if (all.test == 0) all.test = all.grids.size() / 5;
  all.class_names = class_names(folder ? paths[0] : fs::absolute(paths[0]).parent_path(), all.classes, labels);
  if (folder) {
    std::vector<std::string> others = names_beside(paths[0], files);
    std::erase_if(others, [](const std::string& name) { return name.find(".bin") == std::string::npos; });
    say_passed_over(rules, paths[0], std::move(others));
  }
  return image_dataset(name_from(paths[0]), std::move(all));
}

}  // namespace pfm::io
