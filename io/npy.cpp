#include <fmt/format.h>
#include <pfm/io/atomic_file.h>
#include <pfm/io/npy.h>
#include <pfm/io/text.h>

#include <cmath>
#include <cstring>
#include <optional>
#include <vector>

namespace pfm::io {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

struct Header {
  std::string_view type;
  bool by_columns = false;
  std::vector<Offset> shape;
  std::string_view data;
};

// What stands between `key` and the next of `ends` in a Python dictionary that numpy wrote.
std::optional<std::string_view> item(std::string_view header, std::string_view key, std::string_view ends) {
  const std::size_t at = header.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  header.remove_prefix(at + key.size());
  const std::size_t begin = header.find_first_not_of(" :");
  if (begin == std::string_view::npos) return std::nullopt;
  header.remove_prefix(begin);
  const std::size_t end = header.find_first_of(ends);
  if (end == std::string_view::npos) return std::nullopt;
  return header.substr(0, end + 1);
}

class Reading {
 public:
  explicit Reading(const std::filesystem::path& path) : path_(path), content_(read_file(path)) {}

  Matrix run() {
    const Header header = parse();
    const std::size_t width = header.type == "<f4" ? 4 : 8;
    const Offset rows = header.shape[0], cols = header.shape.size() == 2 ? header.shape[1] : 1;
    Offset count = 0;
    if (__builtin_mul_overflow(rows, cols, &count) || header.data.size() / width != std::size_t(count) ||
        header.data.size() % width != 0)
      fail(fmt::format("found {} bytes, expected {} x {} numbers of {}", header.data.size(), rows, cols, width));
    Matrix result(rows, cols);
    for (Offset i = 0; i < count; ++i) {
      const double value = number(header.data.data() + i * Offset(width), width);
      const Offset row = header.by_columns ? i % rows : i / cols, col = header.by_columns ? i / rows : i % cols;
      if (!std::isfinite(value) || !std::isfinite(Real(value)))
        fail(fmt::format("row {} column {} is {}, expected a finite number", row, col, value));
      result(row, col) = Real(value);
    }
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Fault::input, fmt::format("{}: {}", path_.string(), what));
  }

  static double number(const char* bytes, std::size_t width) {
    float single;
    double wide;
    if (width == 4) return std::memcpy(&single, bytes, 4), single;
    return std::memcpy(&wide, bytes, 8), wide;
  }

  Header parse() const {
    const std::string_view all = content_;
    if (!all.starts_with(magic) || all.size() < 12) fail("not a .npy file");
    const bool first = all[6] == 1;
    std::uint32_t size = 0;
    std::memcpy(&size, all.data() + 8, first ? 2 : 4);
    const std::size_t begin = first ? 10 : 12;
    if (all[6] < 1 || all[6] > 3 || size > all.size() - begin) fail("a damaged header");
    const std::string_view text = all.substr(begin, size);
    Header header;
    header.data = all.substr(begin + size);
    const auto type = item(text, "'descr'", ","), order = item(text, "'fortran_order'", ","),
               shape = item(text, "'shape'", ")");
    if (!type || !order || !shape) fail("a damaged header");
    if (*type != "'<f4'," && *type != "'<f8',") fail(fmt::format("found type {}, expected '<f4' or '<f8'", *type));
    header.type = type->substr(1, 3);
    header.by_columns = *order == "True,";
    Text sizes(path_.string() + " (shape)", shape->substr(1, shape->size() - 2));
    if (sizes.next_line())
      while (sizes.more()) header.shape.push_back(sizes.integer("a size", 0, INT32_MAX));
    if (header.shape.empty() || header.shape.size() > 2) fail("expected a shape of one or two sizes");
    return header;
  }

  std::filesystem::path path_;
  std::string content_;
};

}  // namespace

void write_npy(const std::filesystem::path& path, const Matrix& matrix) {
  std::string header = fmt::format("{{'descr': '<f{}', 'fortran_order': False, 'shape': ({}, {}), }}", sizeof(Real),
                                   matrix.rows(), matrix.cols());
  constexpr std::size_t before = 10, unit = 64;  // the data start at a multiple of 64 bytes
  header.resize((before + header.size() + 1 + unit - 1) / unit * unit - before - 1, ' ');
  header += '\n';
  const auto size = std::uint16_t(header.size());
  AtomicFile file(path);
  file.write(magic);
  file.write(std::string_view("\x01\x00", 2));
  file.write(&size, sizeof size);
  file.write(header);
  file.write(matrix.data(), std::size_t(matrix.size()) * sizeof(Real));
  file.commit();
}

Matrix read_npy(const std::filesystem::path& path) { return Reading(path).run(); }

}  // namespace pfm::io
