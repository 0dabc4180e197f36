#include <fmt/format.h>
#include <pfm/io/atomic_file.h>
#include <pfm/io/safetensors.h>

#include <bit>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

namespace pfm::io {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors holds little-endian numbers");

using Json = nlohmann::ordered_json;

constexpr const char* own_type = sizeof(Real) == 4 ? "F32" : "F64";
constexpr std::uint64_t largest_header = 100'000'000;  // the format's own limit

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& what) {
  throw Error(Fault::input, fmt::format("{}: not a usable safetensors file: {}", path.string(), what));
}

struct Entry {
  std::string name;
  std::uint64_t begin, end;  // within the data part
  std::uint64_t width;       // bytes of a number
  Offset rows, cols;
};

Entry entry_of(const std::filesystem::path& path, const std::string& name, const Json& value, std::uint64_t data_size) {
  const auto bad = [&](const char* what) { refuse(path, fmt::format("tensor \"{}\": {}", name, what)); };
  if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") || !value.contains("data_offsets"))
    bad("dtype, shape and data_offsets expected");
  const Json &type = value["dtype"], &shape = value["shape"], &range = value["data_offsets"];
  if (type != "F32" && type != "F64") bad("only F32 and F64 are read");
  const std::uint64_t width = type == "F32" ? 4 : 8;
  std::uint64_t size = 1;
  if (!shape.is_array()) bad("shape is a list");
  for (const Json& axis : shape)
    if (!axis.is_number_unsigned() || __builtin_mul_overflow(size, axis.get<std::uint64_t>(), &size) ||
        size > data_size)
      bad("a shape larger than the file");
  if (!range.is_array() || range.size() != 2 || !range[0].is_number_unsigned() || !range[1].is_number_unsigned())
    bad("data_offsets are two whole numbers");
  const auto begin = range[0].get<std::uint64_t>(), end = range[1].get<std::uint64_t>();
  if (begin > end || end > data_size) bad("data outside the file");
  if (end - begin != size * width) bad("data_offsets disagree with the shape");
  const std::uint64_t cols = shape.empty() ? 1 : shape.back().get<std::uint64_t>();
  return {name, begin, end, width, Offset(cols == 0 ? 0 : size / cols), Offset(cols)};
}

// In the order of the data, without holes or overlaps from first to last byte.
void refuse_gaps(const std::filesystem::path& path, std::vector<Entry>& entries, std::uint64_t data_size) {
  std::ranges::sort(entries, {}, [](const Entry& e) { return std::pair(e.begin, e.end); });
  std::uint64_t at = 0;
  for (const Entry& e : entries) {
    if (e.begin != at) refuse(path, fmt::format("tensor \"{}\" starts at byte {}, expected {}", e.name, e.begin, at));
    at = e.end;
  }
  if (at != data_size) refuse(path, fmt::format("{} bytes of data, the header names {}", data_size, at));
}

Matrix matrix_of(const Entry& e, const char* bytes) {
  Matrix m(e.rows, e.cols);
  for (Offset i = 0; i < m.size(); ++i) {
    float narrow;
    double wide;
    if (e.width == 4)
      std::memcpy(&narrow, bytes + 4 * i, 4), m.data()[i] = Real(narrow);
    else
      std::memcpy(&wide, bytes + 8 * i, 8), m.data()[i] = Real(wide);
  }
  return m;
}

std::string whole_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) refuse(path, "no such file");
  std::ifstream in(path, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(in)), {});
  if (!in.good() && !in.eof()) refuse(path, "it cannot be read");
  return bytes;
}

Json header_of(const std::filesystem::path& path, const std::string& bytes, std::uint64_t& header_size) {
  if (bytes.size() < 8) refuse(path, "shorter than 8 bytes");
  std::memcpy(&header_size, bytes.data(), 8);
  if (header_size > largest_header || header_size > bytes.size() - 8)
    refuse(path, fmt::format("a header of {} bytes in a file of {}", header_size, bytes.size()));
  const auto begin = bytes.begin() + 8;
  // Deep nesting would exhaust the stack; the format needs three levels.
  const Json::parser_callback_t shallow = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > 8) refuse(path, "a header nested too deeply");
    return true;
  };
  Json header = Json::parse(begin, begin + std::ptrdiff_t(header_size), shallow, false);
  if (!header.is_object()) refuse(path, "the header is not a JSON object");
  return header;
}

}  // namespace

void write_safetensors(const std::filesystem::path& path, const std::map<std::string, const Matrix*>& matrices,
                       const Metadata& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::uint64_t at = 0;
  for (const auto& [name, matrix] : matrices) {
    const std::uint64_t bytes = std::uint64_t(matrix->size()) * sizeof(Real);
    header[name] = {
        {"dtype", own_type}, {"shape", {matrix->rows(), matrix->cols()}}, {"data_offsets", {at, at + bytes}}};
    at += bytes;
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');  // numbers start at a multiple of 8
  const std::uint64_t size = text.size();
  AtomicFile file(path);
  file.write(&size, sizeof size);
  file.write(text);
  for (const auto& [name, matrix] : matrices) file.write(matrix->data(), std::size_t(matrix->size()) * sizeof(Real));
  file.commit();
}

Tensors read_safetensors(const std::filesystem::path& path) {
  const std::string bytes = whole_file(path);
  std::uint64_t header_size = 0;
  const Json header = header_of(path, bytes, header_size);
  const std::uint64_t data_size = bytes.size() - 8 - header_size;
  Tensors result;
  std::vector<Entry> entries;
  for (const auto& [name, value] : header.items()) {
    if (name != "__metadata__") {
      entries.push_back(entry_of(path, name, value, data_size));
      continue;
    }
    if (!value.is_object()) refuse(path, "__metadata__ is not an object");
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) refuse(path, fmt::format("metadata \"{}\" is not a text", key));
      result.metadata[key] = text.get<std::string>();
    }
  }
  refuse_gaps(path, entries, data_size);
  const char* data = bytes.data() + 8 + header_size;
  for (const Entry& e : entries)
    if (!result.matrices.emplace(e.name, matrix_of(e, data + e.begin)).second)
      refuse(path, fmt::format("tensor \"{}\" twice", e.name));
  return result;
}

}  // namespace pfm::io
