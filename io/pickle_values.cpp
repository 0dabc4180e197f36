// What Planetoid's pickles hold: numpy arrays, scipy's csr_matrix, dictionaries of lists.
#include <fmt/format.h>
#include <pfm/io/pickle.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace pfm::io::pickle {
namespace {

[[noreturn]] void refuse(const std::string& name, const std::string& what) {
  throw Error(Fault::input, fmt::format("{}: {}", name, what));
}

template <class T>
const T& as(const std::string& name, const Ref& value, const char* expected) {
  if (!value || !std::holds_alternative<T>(value->is)) refuse(name, fmt::format("expected {}", expected));
  return std::get<T>(value->is);
}

const Object& object(const std::string& name, const Value& value, std::string_view suffix, const char* expected) {
  const auto* found = std::get_if<Object>(&value.is);
  if (found == nullptr || !found->name.ends_with(suffix)) refuse(name, fmt::format("expected {}", expected));
  return *found;
}

struct Element {
  char kind;  // i, u, f, b
  std::size_t size;
};

Element element(const std::string& name, const Ref& value) {
  if (!value) refuse(name, "an array without a type");
  const Object& type = object(name, *value, "numpy.dtype", "a numpy type");
  const auto& arguments = as<Sequence>(name, type.arguments, "arguments of a numpy type").items;
  const auto& state = as<Sequence>(name, type.state, "the state of a numpy type").items;
  if (arguments.empty() || state.size() < 2) refuse(name, "a numpy type that says too little");
  const auto& code = as<std::string>(name, arguments[0], "a type's code");
  const auto& order = as<std::string>(name, state[1], "a byte order");
  if (order != "<" && order != "|") refuse(name, "expected little-endian numbers");
  for (const char* known : {"i1", "i2", "i4", "i8", "u1", "u2", "u4", "f4", "f8", "b1"})
    if (code == known) return {code[0], std::size_t(code[1] - '0')};
  refuse(name, fmt::format("found an array of type '{}', expected integers or floats", code.substr(0, 20)));
}

template <class T>
double at(const char* bytes) {
  T value;
  std::memcpy(&value, bytes, sizeof value);
  return double(value);
}

double number(Element e, const char* bytes) {
  if (e.kind == 'f') return e.size == 4 ? at<float>(bytes) : at<double>(bytes);
  const bool is_signed = e.kind == 'i';
  switch (e.size) {
    case 1:
      return is_signed ? at<std::int8_t>(bytes) : at<std::uint8_t>(bytes);
    case 2:
      return is_signed ? at<std::int16_t>(bytes) : at<std::uint16_t>(bytes);
    case 4:
      return is_signed ? at<std::int32_t>(bytes) : at<std::uint32_t>(bytes);
    default:
      return at<std::int64_t>(bytes);
  }
}

std::vector<Offset> shape_of(const std::string& name, const Ref& value, Offset& count) {
  std::vector<Offset> shape;
  count = 1;
  for (const Ref& size : as<Sequence>(name, value, "a shape").items) {
    shape.push_back(as<std::int64_t>(name, size, "a size"));
    if (shape.back() < 0 || __builtin_mul_overflow(count, shape.back(), &count)) refuse(name, "an impossible shape");
  }
  return shape;
}

const Value& entry(const std::string& name, const Dictionary& dictionary, std::string_view key) {
  for (const auto& [k, v] : dictionary.items)
    if (const auto* text = std::get_if<std::string>(&k->is); text != nullptr && *text == key) return *v;
  refuse(name, fmt::format("a matrix without '{}'", key));
}

Offset whole(const std::string& name, double value, double highest, const char* what) {
  if (!(value >= 0 && value <= highest) || value != std::floor(value))
    refuse(name, fmt::format("found {} {}, expected one in [0, {}]", what, value, highest));
  return Offset(value);
}

}  // namespace

Array array(const std::string& name, const Value& value) {
  const Object& made = object(name, value, "multiarray._reconstruct", "a numpy array");
  const auto& state = as<Sequence>(name, made.state, "the state of an array").items;
  if (state.size() != 5) refuse(name, "expected an array's five parts");
  Array result;
  Offset count = 0;
  result.shape = shape_of(name, state[1], count);
  const Element e = element(name, state[2]);
  if (as<bool>(name, state[3], "an order") && result.shape.size() > 1)
    refuse(name, "an array stored by columns, expected rows");
  const auto& bytes = as<std::string>(name, state[4], "an array's bytes");
  if (bytes.size() / e.size != std::size_t(count) || bytes.size() % e.size != 0)
    refuse(name, fmt::format("found {} bytes, expected {} numbers of {} bytes", bytes.size(), count, e.size));
  result.values.resize(std::size_t(count));
  for (std::size_t i = 0; i < result.values.size(); ++i) result.values[i] = number(e, bytes.data() + i * e.size);
  return result;
}

Csr csr(const std::string& name, const Value& value) {
  const Object& made = object(name, value, "csr_matrix", "a csr_matrix");
  const auto& parts = as<Dictionary>(name, made.state, "the parts of a matrix");
  const auto& shape = std::get_if<Sequence>(&entry(name, parts, "_shape").is);
  if (shape == nullptr || shape->items.size() != 2) refuse(name, "expected a shape of two sizes");
  constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;
  Csr m;
  m.rows = as<std::int64_t>(name, shape->items[0], "a size"),
  m.cols = as<std::int64_t>(name, shape->items[1], "a size");
  if (m.rows < 0 || m.cols < 0 || m.rows > most || m.cols > most) refuse(name, "an impossible shape");
  const Array offsets = array(name + " indptr", entry(name, parts, "indptr"));
  const Array columns = array(name + " indices", entry(name, parts, "indices"));
  m.values = array(name + " data", entry(name, parts, "data")).values;
  const auto entries = double(columns.values.size());
  if (Offset(offsets.values.size()) != m.rows + 1 || m.values.size() != columns.values.size())
    refuse(name, "offsets, columns and values of different lengths");
  for (double o : offsets.values) m.offsets.push_back(whole(name, o, entries, "an offset"));
  if (m.offsets.front() != 0 || m.offsets.back() != Offset(entries) || !std::ranges::is_sorted(m.offsets))
    refuse(name, "expected offsets that rise from 0 to the entries");
  for (double c : columns.values) m.columns.push_back(NodeId(whole(name, c, double(m.cols) - 1, "a column")));
  if (!std::ranges::all_of(m.values, [](double v) { return std::isfinite(v); }))
    refuse(name, "a value that is not finite");
  return m;
}

std::vector<std::pair<std::int64_t, std::vector<std::int64_t>>> adjacency(const std::string& name, const Value& value) {
  const auto* dictionary = std::get_if<Dictionary>(&value.is);
  if (const auto* made = std::get_if<Object>(&value.is); made != nullptr && made->name == "collections.defaultdict")
    dictionary = &made->items;
  if (dictionary == nullptr) refuse(name, "expected a dictionary of lists");
  std::vector<std::pair<std::int64_t, std::vector<std::int64_t>>> result;
  for (const auto& [node, list] : dictionary->items) {
    result.emplace_back(as<std::int64_t>(name, node, "a node's number"), std::vector<std::int64_t>{});
    for (const Ref& other : as<Sequence>(name, list, "a list of nodes").items)
      result.back().second.push_back(as<std::int64_t>(name, other, "a node's number"));
  }
  return result;
}

}  // namespace pfm::io::pickle
