// What the pickles hold: numpy arrays, scipy's csr_matrix, dictionaries of lists.
#include <fmt/format.h>
#include <pfm/io/numpy_type.h>
#include <pfm/io/pickle.h>
#include <pfm/io/text.h>

#include <algorithm>
#include <cmath>
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

NumpyType element(const std::string& name, const Ref& value) {
  if (!value) refuse(name, "an array without a type");
  const Object& type = object(name, *value, "numpy.dtype", "a numpy type");
  const auto& arguments = as<Sequence>(name, type.arguments, "arguments of a numpy type").items;
  const auto& state = as<Sequence>(name, type.state, "the state of a numpy type").items;
  if (arguments.empty() || state.size() < 2) refuse(name, "a numpy type that says too little");
  const auto& code = as<std::string>(name, arguments[0], "a type's code");
  const auto& order = as<std::string>(name, state[1], "a byte order");
  if (order != "<" && order != "|") refuse(name, "expected little-endian numbers");
  const auto known = numpy_type(code);
  if (!known) refuse(name, fmt::format("found an array of type '{}', expected numbers or texts", code.substr(0, 20)));
  return *known;
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

Offset whole(const std::string& name, double value, double highest, const char* what) {
  if (!(value >= 0 && value <= highest) || value != std::floor(value))
    refuse(name, fmt::format("found {} {}, expected one in [0, {}]", what, value, highest));
  return Offset(value);
}

}  // namespace

namespace {

struct Parts {
  std::vector<Offset> shape;
  Offset count = 0;
  NumpyType type;
  const Value* content = nullptr;  // bytes, or a list where the type is O
};

Parts parts_of(const std::string& name, const Value& value) {
  const Object& made = object(name, value, "multiarray._reconstruct", "a numpy array");
  const auto& state = as<Sequence>(name, made.state, "the state of an array").items;
  if (state.size() != 5) refuse(name, "expected an array's five parts");
  Parts parts;
  parts.shape = shape_of(name, state[1], parts.count);
  parts.type = element(name, state[2]);
  if (as<bool>(name, state[3], "an order") && parts.shape.size() > 1)
    refuse(name, "an array stored by columns, expected rows");
  parts.content = state[4].get();
  return parts;
}

const std::string& bytes_of(const std::string& name, const Parts& parts) {
  const auto* bytes = std::get_if<std::string>(&parts.content->is);
  if (bytes == nullptr) refuse(name, "expected an array's bytes");
  if (bytes->size() / parts.type.size != std::size_t(parts.count) || bytes->size() % parts.type.size != 0)
    refuse(name, fmt::format("found {} bytes, expected {} elements of {} bytes", bytes->size(), parts.count,
                             parts.type.size));
  return *bytes;
}

std::vector<std::string> texts_in(const std::string& name, const Sequence& list) {
  std::vector<std::string> result;
  for (const Ref& item : list.items) {
    result.push_back(as<std::string>(name, item, "a text"));
    if (!is_utf8(result.back())) refuse(name, "a text that is not UTF-8");
  }
  return result;
}

}  // namespace

Array array(const std::string& name, const Value& value) {
  const Parts parts = parts_of(name, value);
  if (!parts.type.is_number()) refuse(name, "expected an array of numbers");
  const std::string& bytes = bytes_of(name, parts);
  Array result{parts.shape, std::vector<double>(std::size_t(parts.count))};
  for (std::size_t i = 0; i < result.values.size(); ++i)
    result.values[i] = number_at(parts.type, bytes.data() + i * parts.type.size);
  return result;
}

std::vector<std::string> texts(const std::string& name, const Value& value) {
  if (const auto* list = std::get_if<Sequence>(&value.is)) return texts_in(name, *list);
  const Parts parts = parts_of(name, value);
  if (parts.type.kind == 'O') {
    const auto* list = std::get_if<Sequence>(&parts.content->is);
    if (list == nullptr || Offset(list->items.size()) != parts.count) refuse(name, "expected an array of texts");
    return texts_in(name, *list);
  }
  if (!parts.type.is_text()) refuse(name, "expected an array of texts");
  const std::string& bytes = bytes_of(name, parts);
  std::vector<std::string> result;
  for (Offset i = 0; i < parts.count; ++i) {
    const auto text = text_at(parts.type, bytes.data() + std::size_t(i) * parts.type.size);
    if (!text) refuse(name, fmt::format("element {} is not a text", i));
    result.push_back(*text);
  }
  return result;
}

const Value& wrapped(const std::string& name, const Value& value) {
  const Parts parts = parts_of(name, value);
  const auto* list = std::get_if<Sequence>(&parts.content->is);
  if (parts.type.kind != 'O' || !parts.shape.empty() || list == nullptr || list->items.size() != 1)
    refuse(name, "expected one object without dimensions");
  return *list->items[0];
}

const Value* item(const Value& dictionary, std::string_view key) {
  if (const auto* items = std::get_if<Dictionary>(&dictionary.is))
    for (const auto& [k, v] : items->items)
      if (const auto* text = std::get_if<std::string>(&k->is); text != nullptr && *text == key) return v.get();
  return nullptr;
}

Csr csr(const std::string& name, const Value& value) {
  const Object& made = object(name, value, "csr_matrix", "a csr_matrix");
  auto part = [&](const char* key) -> const Value& {
    const Value* found = made.state ? item(*made.state, key) : nullptr;
    if (found == nullptr) refuse(name, fmt::format("a matrix without '{}'", key));
    return *found;
  };
  const auto& shape = std::get_if<Sequence>(&part("_shape").is);
  if (shape == nullptr || shape->items.size() != 2) refuse(name, "expected a shape of two sizes");
  constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;
  Csr m;
  m.rows = as<std::int64_t>(name, shape->items[0], "a size"),
  m.cols = as<std::int64_t>(name, shape->items[1], "a size");
  if (m.rows < 0 || m.cols < 0 || m.rows > most || m.cols > most) refuse(name, "an impossible shape");
  const Array offsets = array(name + " indptr", part("indptr"));
  const Array columns = array(name + " indices", part("indices"));
  m.values = array(name + " data", part("data")).values;
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
