#include <fmt/format.h>
#include <pfm/io/atomic_file.h>
#include <pfm/io/safetensors.h>
#include <pfm/io/text.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
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

// A type of numbers in a file: its name, bytes of one, and what one is.
struct Type {
  const char* name;
  std::size_t width = 0;
  double (*value)(const char* from);
};

template <class Number>
Number stored(const char* from) {
  Number number = 0;
  std::memcpy(&number, from, sizeof number);
  return number;
}

// IEEE 754 half precision: 1 sign, 5 exponent (bias 15), 10 fraction bits.
double half(const char* from) {
  const auto bits = stored<std::uint16_t>(from);
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  const double size = exponent == 31  ? (fraction == 0 ? HUGE_VAL : double(NAN))
                      : exponent == 0 ? std::ldexp(fraction, -24)
                                      : std::ldexp(fraction + 1024, exponent - 25);
  return (bits & 0x8000) != 0 ? -size : size;
}

// The upper half of a float.
double brain_half(const char* from) {
  return double(std::bit_cast<float>(std::uint32_t(stored<std::uint16_t>(from)) << 16));
}

constexpr std::array<Type, 5> types{{
    {"F32", 4, [](const char* from) { return double(stored<float>(from)); }},
    {"F64", 8, [](const char* from) { return stored<double>(from); }},
    {"F16", 2, half},
    {"BF16", 2, brain_half},
    {"I64", 8, [](const char* from) { return double(stored<std::int64_t>(from)); }},
}};

struct Entry {
  std::string name;
  const Type* type = nullptr;
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
    for (const Type& known : types)
      if (type == known.name) e.type = &known;
    if (e.type == nullptr)
      refuse(fmt::format("found type {}, expected F32, F64, F16, BF16 or I64", type.dump().substr(0, 40)));
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
        refuse(fmt::format("an impossible shape {}", shape.dump().substr(0, 100)));
      sizes.push_back(Offset(n));
    }
    const std::size_t width = e.type->width;
    if ((e.end - e.begin) / width != std::uint64_t(count) || (e.end - e.begin) % width != 0)
      refuse(fmt::format("found {} bytes, expected {} numbers of {}", e.end - e.begin, count, width));
    e.cols = sizes.empty() ? 1 : sizes.back();
    e.rows = e.cols > 0 ? count / e.cols : 0;
    return e;
  }

  // Every byte belongs to one tensor.
  void check_layout(const std::vector<Entry>& entries) const {
    std::vector<const Entry*> parts;
    for (const Entry& e : entries) parts.push_back(&e);
    std::ranges::sort(parts, {}, [](const Entry* e) { return std::pair(e->begin, e->end); });
    std::uint64_t end = 0;
    for (const Entry* e : parts) {
      if (e->begin != end)
        fail(fmt::format("tensor '{}' begins at byte {}, expected {}: tensors overlap or leave holes", e->name,
                         e->begin, end));
      end = e->end;
    }
    if (end != data_.size()) fail(fmt::format("found {} bytes of data, expected {}: truncated", data_.size(), end));
  }

  Matrix values(const Entry& e) const {
    Matrix result(e.rows, e.cols);
    const char* from = data_.data() + e.begin;
    if (e.type->name == std::string_view(real_type)) {
      if (!result.empty()) std::memcpy(result.data(), from, std::size_t(result.size()) * sizeof(Real));
      return result;
    }
    const bool whole = e.type->name == std::string_view("I64");
    constexpr std::int64_t exact = std::int64_t(1) << std::numeric_limits<Real>::digits;
    for (Offset i = 0; i < result.size(); ++i, from += e.type->width) {
      if (whole && (stored<std::int64_t>(from) > exact || stored<std::int64_t>(from) < -exact))
        fail(fmt::format("tensor '{}': found {}, expected whole numbers of at most {}", e.name,
                         stored<std::int64_t>(from), exact));
      result.data()[i] = Real(e.type->value(from));
    }
    return result;
  }

  std::filesystem::path path_;
  std::string content_;
  std::string_view data_;
};

}  // namespace

void write_safetensors(const std::filesystem::path& path, const std::map<std::string, const Matrix*>& matrices,
                       const Metadata& metadata, const std::map<std::string, std::vector<Offset>>& shapes) {
  Json header = Json::object();
  if (!metadata.empty()) header[metadata_key] = metadata;
  std::uint64_t end = 0;
  for (const auto& [name, matrix] : matrices) {
    expect(name != metadata_key && is_utf8(name), "write_safetensors: a UTF-8 name of its own");
    const std::uint64_t begin = end;
    end += std::uint64_t(matrix->size()) * sizeof(Real);
    const auto given = shapes.find(name);
    const std::vector<Offset> shape =
        given == shapes.end() ? std::vector<Offset>{matrix->rows(), matrix->cols()} : given->second;
    header[name] = {{"dtype", real_type}, {"shape", shape}, {"data_offsets", {begin, end}}};
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
