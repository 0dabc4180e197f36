#include <fmt/format.h>
#include <pfm/io/atomic_file.h>
#include <pfm/io/npy.h>
#include <pfm/io/text.h>

#include <cmath>
#include <cstring>
#include <optional>

namespace pfm::io {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

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

void parse_header(std::string_view header, Npy& array) {
  const auto type = item(header, "'descr'", ","), order = item(header, "'fortran_order'", ","),
             shape = item(header, "'shape'", ")");
  if (!type || !order || !shape) array.fail("a damaged header");
  const std::string_view code = type->substr(1, type->find_last_of('\'') - 1);
  const auto known = numpy_type(code);
  if (!known || !type->starts_with('\''))
    array.fail(fmt::format("found type {}, expected little-endian numbers, bool or text", type->substr(0, 40)));
  array.type = *known;
  array.by_columns = *order == "True,";
  Text sizes(array.name + " (shape)", shape->substr(1, shape->size() - 2));
  if (sizes.next_line())
    while (sizes.more()) {
      array.shape.push_back(sizes.integer("a size", 0, INT64_MAX));
      if (array.shape.size() > 32) array.fail("more dimensions than numpy has");
    }
  for (Offset size : array.shape)
    if (__builtin_mul_overflow(array.count, size, &array.count)) array.fail("a shape that no memory has");
}

}  // namespace

void Npy::fail(const std::string& what) const { throw Error(Fault::input, fmt::format("{}: {}", name, what)); }

std::vector<double> Npy::numbers() const {
  if (!type.is_number()) fail("expected numbers");
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = number_at(type, bytes.data() + i * type.size);
  return values;
}

std::vector<std::int64_t> Npy::integers(const char* what, std::int64_t lowest, std::int64_t highest) const {
  if (!type.is_integer()) fail(fmt::format("expected integers ({})", what));
  std::vector<std::int64_t> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto value = integer_at(type, bytes.data() + i * type.size);
    if (!value || *value < lowest || *value > highest)
      fail(fmt::format("element {} is {}, expected {} in [{}, {}]", i, value ? std::to_string(*value) : "beyond 2^63",
                       what, lowest, highest));
    values[i] = *value;
  }
  return values;
}

std::vector<std::string> Npy::texts() const {
  if (!type.is_text()) fail("expected texts");
  std::vector<std::string> result;
  for (Offset i = 0; i < count; ++i) {
    const auto text = text_at(type, bytes.data() + std::size_t(i) * type.size);
    if (!text) fail(fmt::format("element {} is not a text", i));
    result.push_back(*text);
  }
  return result;
}

Matrix Npy::matrix() const {
  if (!type.is_number()) fail("expected numbers");
  if (shape.empty() || shape.size() > 2) fail("expected a shape of one or two sizes");
  const Offset rows = shape[0], cols = shape.size() == 2 ? shape[1] : 1;
  if (rows > INT32_MAX || cols > INT32_MAX) fail("more rows or columns than 32-bit ids can name");
  Matrix result(rows, cols);
  for (Offset i = 0; i < count; ++i) {
    const double value = number_at(type, bytes.data() + std::size_t(i) * type.size);
    const Offset row = by_columns ? i % rows : i / cols, col = by_columns ? i / rows : i % cols;
    if (!std::isfinite(value) || !std::isfinite(Real(value)))
      fail(fmt::format("row {} column {} is {}, expected a finite number", row, col, value));
    result(row, col) = Real(value);
  }
  return result;
}

Npy parse_npy(const std::string& name, std::string_view content) {
  Npy array;
  array.name = name;
  if (!content.starts_with(magic) || content.size() < 12) array.fail("not a .npy array");
  const bool first = content[6] == 1;
  std::uint32_t size = 0;
  std::memcpy(&size, content.data() + 8, first ? 2 : 4);
  const std::size_t begin = first ? 10 : 12;
  if (content[6] < 1 || content[6] > 3 || size > content.size() - begin) array.fail("a damaged header");
  parse_header(content.substr(begin, size), array);
  array.bytes = content.substr(begin + size);
  if (array.type.kind == 'O') return array;
  if (array.bytes.size() % array.type.size != 0 || array.bytes.size() / array.type.size != std::size_t(array.count))
    array.fail(fmt::format("found {} bytes, expected {} elements ({}) of {} bytes", array.bytes.size(), array.count,
                           fmt::join(array.shape, " x "), array.type.size));
  return array;
}

std::string npy_of(std::string_view code, std::string_view shape, std::string_view bytes) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", code, shape);
  constexpr std::size_t before = 10, unit = 64;  // the data start at a multiple of 64 bytes
  header.resize((before + header.size() + 1 + unit - 1) / unit * unit - before - 1, ' ');
  header += '\n';
  const auto size = std::uint16_t(header.size());
  std::string content(magic);
  content.append("\x01\x00", 2).append(reinterpret_cast<const char*>(&size), sizeof size).append(header);
  return content.append(bytes);
}

void write_npy(const std::filesystem::path& path, const Matrix& matrix) {
  AtomicFile file(path);
  file.write(npy_of(fmt::format("<f{}", sizeof(Real)), fmt::format("({}, {})", matrix.rows(), matrix.cols()), ""));
  file.write(matrix.data(), std::size_t(matrix.size()) * sizeof(Real));
  file.commit();
}

Matrix read_npy(const std::filesystem::path& path) {
  const std::string content = read_file(path);
  return parse_npy(path.string(), content).matrix();
}

}  // namespace pfm::io
