#include <fmt/format.h>
#include <pfm/io/atomic_file.h>
#include <pfm/io/safetensors.h>
#include <pfm/io/text.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace pfm::io {
namespace {

using Json = nlohmann::ordered_json;
static_assert(std::endian::native == std::endian::little, "safetensors is little-endian");

constexpr const char* metadata_key = "__metadata__";
constexpr const char* real_type = sizeof(Real) == 4 ? "F32" : "F64";
constexpr std::uint64_t largest_header = 100'000'000;  // bytes, the format's own limit

struct Entry {
  std::string name;
  std::size_t width = 0;  // bytes of a number
  Offset rows = 0, cols = 0;
  std::uint64_t begin = 0, end = 0;
};

class Reading {
 public:
  explicit Reading(const std::filesystem::path& path) : path_(path), content_(read_file(path)) {}

  Tensors run() {
    const Json header = parse_header();
    Tensors result;
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
      if (name == metadata_key)
        read_metadata(value, result.metadata);
      else
        entries.push_back(entry(name, value));
    }
    check_layout(entries);
    for (const Entry& e : entries) result.matrices.emplace(e.name, values(e));
    return result;
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw Error(Fault::input, fmt::format("{}: {}", path_.string(), what));
  }

  Json parse_header() {
    std::uint64_t size = 0;
    if (content_.size() < sizeof size) fail("not a safetensors file: shorter than 8 bytes");
    std::memcpy(&size, content_.data(), sizeof size);
    if (size > largest_header || size > content_.size() - sizeof size)
      fail(fmt::format("not a safetensors file: a header of {} bytes in a file of {}", size, content_.size()));
    const std::string_view text(content_.data() + sizeof size, size);
    data_ = std::string_view(content_).substr(sizeof size + size);
    std::set<std::string> keys;
    bool twice = false, deep = false;
    const auto watch = [&](int depth, Json::parse_event_t event, Json& value) {
      if (event == Json::parse_event_t::key && depth == 1) twice |= !keys.insert(value.get<std::string>()).second;
      deep |= depth > 4;
      return !deep;
    };
    const Json header = Json::parse(text, watch, false);
    if (deep || header.is_discarded() || !header.is_object()) fail("its header is not a JSON object of tensors");
    if (twice) fail("its header names a tensor twice");
    return header;
  }

  void read_metadata(const Json& value, std::map<std::string, std::string>& out) const {
    if (!value.is_object()) fail("its metadata is not an object of texts");
    for (const auto& [key, text] : value.items()) {
      if (!text.is_string()) fail(fmt::format("metadata '{}' is not a text", key));
      out[key] = text.get<std::string>();
    }
  }

  static bool natural(const Json& value) { return value.is_number_unsigned(); }

  Entry entry(const std::string& name, const Json& value) const {
    auto refuse = [&](const std::string& what) { fail(fmt::format("tensor '{}': {}", name, what)); };
    if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") || !value.contains("data_offsets"))
      refuse("expected dtype, shape and data_offsets");
    const Json &type = value["dtype"], &shape = value["shape"], &offsets = value["data_offsets"];
    Entry e{.name = name};
    if (type == "F32") e.width = 4;
    if (type == "F64") e.width = 8;
    if (e.width == 0) refuse(fmt::format("found type {}, expected F32 or F64", type.dump().substr(0, 40)));
    if (!shape.is_array() || shape.size() > 32 || !std::ranges::all_of(shape, natural))
      refuse("expected a shape of sizes");
    if (!offsets.is_array() || offsets.size() != 2 || !std::ranges::all_of(offsets, natural))
      refuse("expected two data_offsets");
    e.begin = offsets[0].get<std::uint64_t>(), e.end = offsets[1].get<std::uint64_t>();
    if (e.begin > e.end || e.end > data_.size())
      refuse(fmt::format("bytes [{}, {}) of the {} that the file has", e.begin, e.end, data_.size()));
    std::vector<Offset> sizes;
    Offset count = 1;
    for (const Json& size : shape) {
      const auto n = size.get<std::uint64_t>();
      if (n > std::uint64_t(INT64_MAX) || __builtin_mul_overflow(count, Offset(n), &count))
        refuse("an impossible shape");
      sizes.push_back(Offset(n));
    }
    if ((e.end - e.begin) / e.width != std::uint64_t(count) || (e.end - e.begin) % e.width != 0)
      refuse(fmt::format("found {} bytes, expected {} numbers of {}", e.end - e.begin, count, e.width));
    e.cols = sizes.empty() ? 1 : sizes.back();
    e.rows = e.cols > 0 ? count / e.cols : 0;
    return e;
  }

  // Every byte belongs to one tensor.
  void check_layout(const std::vector<Entry>& entries) const {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> parts;
    for (const Entry& e : entries) parts.emplace_back(e.begin, e.end);
    std::ranges::sort(parts);
    std::uint64_t end = 0;
    for (const auto& [begin, next] : parts) {
      if (begin != end) fail("its tensors overlap or leave holes");
      end = next;
    }
    if (end != data_.size()) fail(fmt::format("found {} bytes of data, expected {}: truncated", data_.size(), end));
  }

  Matrix values(const Entry& e) const {
    Matrix result(e.rows, e.cols);
    const char* from = data_.data() + e.begin;
    for (Offset i = 0; i < result.size(); ++i) {
      float single = 0;
      double wide = 0;
      if (e.width == 4)
        std::memcpy(&single, from + i * 4, 4), wide = double(single);
      else
        std::memcpy(&wide, from + i * 8, 8);
      result.data()[i] = e.width == 4 ? Real(single) : Real(wide);
    }
    return result;
  }

  std::filesystem::path path_;
  std::string content_;
  std::string_view data_;
};

}  // namespace

void write_safetensors(const std::filesystem::path& path, const std::map<std::string, const Matrix*>& matrices,
                       const Metadata& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header[metadata_key] = metadata;
  std::uint64_t end = 0;
  for (const auto& [name, matrix] : matrices) {
    expect(name != metadata_key && is_utf8(name), "write_safetensors: a UTF-8 name of its own");
    const std::uint64_t begin = end;
    end += std::uint64_t(matrix->size()) * sizeof(Real);
    header[name] = {{"dtype", real_type}, {"shape", {matrix->rows(), matrix->cols()}}, {"data_offsets", {begin, end}}};
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' ');  // the data start at a multiple of 8 bytes
  const std::uint64_t size = text.size();
  AtomicFile file(path);
  file.write(&size, sizeof size);
  file.write(text);
  for (const auto& [name, matrix] : matrices) file.write(matrix->data(), std::size_t(matrix->size()) * sizeof(Real));
  file.commit();
}

Tensors read_safetensors(const std::filesystem::path& path) { return Reading(path).run(); }

}  // namespace pfm::io
