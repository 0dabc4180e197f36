#include <fmt/format.h>
#include <pfm/io/idx.h>
#include <pfm/io/images.h>
#include <pfm/io/passed_over.h>
#include <pfm/io/text.h>
#include <pfm/kernels/error.h>

#include <algorithm>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;

constexpr unsigned char unsigned_bytes = 8;
constexpr const char* images_word = "-images-idx";

// An array of bytes: two zeros, the type, the number of axes, each axis as four bytes (largest first), then the bytes.
struct Idx {
  std::vector<Offset> shape;
  std::string_view values;
};

[[noreturn]] void fail(const std::string& name, const std::string& what) {
  throw Error(Fault::input, fmt::format("{}: {}", name, what));
}

Idx parse_array(const std::string& name, std::string_view bytes, std::size_t least_axes, std::size_t most_axes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  if (bytes.size() < 4 || byte(0) != 0 || byte(1) != 0 || byte(2) != unsigned_bytes)
    fail(name, "expected IDX with unsigned bytes: the file begins with 00 00 08");
  const std::size_t axes = byte(3), begin = 4 + 4 * axes;
  if (axes < least_axes || axes > most_axes)
    fail(name, fmt::format("found {} axes, expected {}", axes,
                           least_axes == most_axes ? fmt::format("{}", most_axes)
                                                   : fmt::format("{} to {}", least_axes, most_axes)));
  if (bytes.size() < begin) fail(name, "the file ends within its header");
  Idx array{{}, bytes.substr(begin)};
  const auto size = Offset(array.values.size());
  Offset asked = 1;
  for (std::size_t a = 0; a < axes; ++a) {
    Offset length = 0;
    for (std::size_t i = 0; i < 4; ++i) length = 256 * length + byte(4 + 4 * a + i);
    array.shape.push_back(length);
    if (length > 0 && asked > size / length)
      fail(name, fmt::format("the header asks for more than the {} bytes behind it", size));
    asked *= length;
  }
  if (asked != size) fail(name, fmt::format("the header says {} bytes, behind it are {}", asked, size));
  return array;
}

// "train" of "train-images-idx3-ubyte.gz"; empty where the name is not of that kind.
std::string part_of(const fs::path& path) {
  const std::string name = path.filename().string();
  const std::size_t at = name.find(images_word);
  return at == std::string::npos ? "" : name.substr(0, at);
}

bool is_images_file(const fs::path& path) {
  const std::string first = beginning(path);
  return first.size() >= 4 && first.substr(0, 3) == std::string("\0\0\x08", 3) && (first[3] == 3 || first[3] == 4);
}

fs::path labels_beside(const fs::path& images) {
  std::string name = images.filename().string();
  const std::size_t at = name.find(images_word);
  if (at == std::string::npos) return {};
  name.replace(at, std::string(images_word).size() + 1, "-labels-idx1");
  std::error_code none;
  for (const std::string& candidate : {name, name.ends_with(".gz") ? name.substr(0, name.size() - 3) : name + ".gz"})
    if (fs::exists(images.parent_path() / candidate, none)) return images.parent_path() / candidate;
  return {};
}

std::vector<fs::path> image_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (!part_of(entry.path()).empty()) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

bool tests(const fs::path& images) { return part_of(images) == "t10k" || part_of(images) == "test"; }

// The files of one data set, the training part first.
std::vector<fs::path> parts(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> files = image_files(path);
  if (files.empty()) fail(path.string(), fmt::format("no file NAME{}3-ubyte in this folder", images_word));
  if (files.size() == 2 && tests(files[0]) && !tests(files[1])) std::swap(files[0], files[1]);
  if (files.size() > 2 || (files.size() == 2 && (tests(files[0]) || !tests(files[1]))))
    fail(path.string(),
         fmt::format("{} files of images, expected one, or a training part and a test part t10k{}3-ubyte; name "
                     "the file that is meant",
                     files.size(), images_word));
  return files;
}

// `labels` in file `beside`, or empty.
void append(Images& all, const std::string& name, std::string_view bytes, const std::string& beside,
            std::string_view labels) {
  const Idx images = parse_array(name, bytes, 3, 4);
  const Offset count = images.shape[0], height = images.shape[1], width = images.shape[2];
  const Offset channels = images.shape.size() == 4 ? images.shape[3] : 1;
  if (height < 1 || width < 1 || height > longest_side || width > longest_side || channels < 1 || channels > 4)
    fail(name, fmt::format("found images of {} x {} pixels with {} channels, expected sides from 1 to {} and 1 to 4 "
                           "channels",
                           height, width, channels, longest_side));
  if (!all.grids.empty() && channels != all.channels)
    fail(name, fmt::format("found {} channels, the other part has {}", channels, all.channels));
  if (!all.grids.empty() && all.classes.empty() != beside.empty())
    fail(name, fmt::format("there are labels {}; expected NAME-labels-idx1-ubyte beside both parts or neither",
                           beside.empty() ? "of the other part alone" : "of this part alone"));
  all.channels = channels;
  all.grids.insert(all.grids.end(), std::size_t(count), {std::int32_t(height), std::int32_t(width)});
  const auto* values = reinterpret_cast<const std::uint8_t*>(images.values.data());
  all.values.insert(all.values.end(), values, values + images.values.size());
  if (beside.empty()) return;
  const Idx classes = parse_array(beside, labels, 1, 1);
  if (classes.shape[0] != count)
    fail(beside, fmt::format("found {} labels, expected one for each of {} images", classes.shape[0], count));
  for (const char c : classes.values) all.classes.push_back(static_cast<unsigned char>(c));
}

// A folder's name where that of the file only says which part it is.
std::string name_of(const fs::path& path, const std::vector<fs::path>& files) {
  if (fs::is_directory(path)) return name_from(path);
  const std::string part = part_of(files[0]);
  if (part == "train" || tests(files[0])) return name_from(fs::absolute(path).parent_path());
  return part.empty() ? name_from(path) : part;
}

}  // namespace

bool is_idx(const fs::path& path) {
  std::error_code none;
  if (fs::is_directory(path, none)) return !image_files(path).empty();
  return is_images_file(path);
}

Dataset parse_idx(const std::string& name, std::string_view images, std::string_view labels, std::size_t test) {
  Images all;
  append(all, name, images, labels.empty() ? "" : name + " labels", labels);
  all.test = test;
  return image_dataset(name, std::move(all));
}

Dataset read_idx(Paths paths, const ReadRules& rules) {
  const std::vector<fs::path> files = parts(paths[0]);
  std::vector<fs::path> taken = files;
  Images all;
  for (const fs::path& file : files) {
    const std::size_t before = all.grids.size();
    const fs::path beside = taken.emplace_back(labels_beside(file));
    append(all, file.string(), read_text(file), beside.string(), beside.empty() ? "" : read_text(beside));
    if (file != files[0]) all.test = all.grids.size() - before;
  }
  if (files.size() == 1 && !all.classes.empty()) all.test = all.grids.size() / 5;
  if (fs::is_directory(paths[0])) say_passed_over(rules, paths[0], names_beside(paths[0], taken));
  return image_dataset(name_of(paths[0], files), std::move(all));
}

}  // namespace pfm::io
