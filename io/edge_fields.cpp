#include <fmt/format.h>
#include <pfm/io/edge_fields.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

namespace pfm::io {
namespace {

constexpr std::size_t most_nodes = std::numeric_limits<NodeId>::max() - 1;

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

struct NotAnInteger {};

// What all fields but the ends go to, and the columns.
class Rows {
 public:
  Rows(EdgeFields& out, std::vector<std::string> columns) : out_(out), columns_(std::move(columns)) {}

  // node(text, field) for the source and then the target of every line.
  template <class Node>
  void read(Text text, Node node) {
    while (text.next_line()) {
      if (columns_.empty()) {
        node(text, text.field("the id of a node"));
        node(text, text.field("the id of the second node of an edge"));
        columns_ = text.more() ? std::vector<std::string>{"source", "target", "weight"}
                               : std::vector<std::string>{"source", "target"};
        if (text.more()) weight(text);
      } else {
        line(text, node);
      }
      text.end_of_line();
    }
  }

 private:
  template <class Node>
  void line(Text& text, Node node) {
    for (const std::string& column : columns_) {
      if (column == "source")
        node(text, text.field("the id of a node"));
      else if (column == "target")
        node(text, text.field("the id of the second node of an edge"));
      else if (column == "weight")
        weight(text);
      else if (column == "type")
        type(text);
      else if (column == "time")
        out_.times.push_back(text.number("the time of an edge"));
      else
        text.field("a field to pass over");
    }
  }

  void weight(Text& text) {
    const auto value = Real(text.number("the weight of an edge"));
    if (!std::isfinite(value)) text.fail("a weight in the range of Real");
    out_.weights.push_back(value);
  }

  void type(Text& text) {
    const std::string name(text.field("the type of an edge"));
    const auto [found, fresh] = types_.try_emplace(name, std::int32_t(types_.size()));
    if (fresh && !is_utf8(name)) text.complain("a type that is not UTF-8");
    if (fresh) out_.relations.push_back(name);
    out_.types.push_back(found->second);
  }

  EdgeFields& out_;
  std::vector<std::string> columns_;
  std::unordered_map<std::string, std::int32_t> types_;
};

// Ends in the order of the columns.
std::vector<Edge> paired(const std::vector<NodeId>& flat, const std::vector<std::string>& columns) {
  const bool target_first = std::ranges::find(columns, "target") < std::ranges::find(columns, "source");
  std::vector<Edge> edges;
  edges.reserve(flat.size() / 2);
  for (std::size_t e = 0; e + 1 < flat.size(); e += 2)
    edges.push_back(target_first ? Edge{flat[e + 1], flat[e]} : Edge{flat[e], flat[e + 1]});
  return edges;
}

EdgeFields read_integers(const TextSources& sources, const std::vector<std::string>& columns) {
  EdgeFields out;
  Rows rows(out, columns);
  std::vector<std::int64_t> flat;
  for (std::size_t i = 0; i < sources.count; ++i)
    rows.read(sources.open(i), [&](Text& at, std::string_view field) {
      const auto id = integer(field);
      if (!id) throw NotAnInteger{};
      if (*id < 0) at.fail("the id of a node, 0 or more");
      flat.push_back(*id);
    });
  std::vector<std::int64_t> sorted = flat;
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (sorted.size() > most_nodes) sources.open(0).complain("more nodes than 32-bit ids can name");
  out.nodes = NodeId(sorted.size());
  const bool dense = sorted.empty() || sorted.back() + 1 == std::int64_t(sorted.size());
  std::vector<NodeId> ranks;
  for (std::int64_t id : flat)
    ranks.push_back(NodeId(dense ? id : std::ranges::lower_bound(sorted, id) - sorted.begin()));
  out.edges = paired(ranks, columns);
  for (std::int64_t id : sorted)
    if (!dense) out.names.push_back(std::to_string(id));
  return out;
}

EdgeFields read_strings(const TextSources& sources, const std::vector<std::string>& columns) {
  EdgeFields out;
  Rows rows(out, columns);
  std::vector<NodeId> flat;
  std::unordered_map<std::string, NodeId> ids;
  for (std::size_t i = 0; i < sources.count; ++i)
    rows.read(sources.open(i), [&](Text& at, std::string_view field) {
      const auto [found, fresh] = ids.try_emplace(std::string(field), NodeId(out.names.size()));
      if (fresh) {
        if (!is_utf8(field)) at.complain("the id of a node is not UTF-8");
        if (out.names.size() >= most_nodes) at.complain("more nodes than 32-bit ids can name");
        out.names.emplace_back(field);
      }
      flat.push_back(found->second);
    });
  out.nodes = NodeId(out.names.size());
  out.edges = paired(flat, columns);
  return out;
}

struct Meaning {
  const char* word;
  const char* column;
};
constexpr Meaning meanings[] = {{"source", "source"},  {"from", "source"},   {"src", "source"},    {"u", "source"},
                                {"head", "source"},    {"target", "target"}, {"to", "target"},     {"dst", "target"},
                                {"v", "target"},       {"tail", "target"},   {"weight", "weight"}, {"w", "weight"},
                                {"type", "type"},      {"relation", "type"}, {"label", "type"},    {"time", "time"},
                                {"timestamp", "time"}, {"date", "time"}};

}  // namespace

void check_columns(const std::vector<std::string>& columns) {
  auto times = [&](const char* name) { return std::ranges::count(columns, name); };
  for (const std::string& c : columns)
    if (c != "-" && std::ranges::none_of(meanings, [&](const Meaning& m) { return c == m.column; }))
      throw Error(Fault::usage,
                  fmt::format("--columns: found \"{}\", expected source, target, weight, type, time or -", c));
  for (const char* name : {"source", "target", "weight", "type", "time"})
    if (times(name) > 1) throw Error(Fault::usage, fmt::format("--columns: {} stands there twice", name));
  if (times("source") != 1 || times("target") != 1)
    throw Error(Fault::usage, "--columns: expected source and target among them");
  if (times("type") == 1 && times("time") == 1)
    throw Error(Fault::usage, "--columns: type and time exclude each other; name one of them -");
}

std::vector<std::string> columns_of_header(std::string_view line, char delimiter) {
  std::vector<std::string> columns;
  while (!line.empty()) {
    std::size_t n = 0;
    while (n < line.size() && separates(line[n], delimiter)) ++n;
    line.remove_prefix(n);
    for (n = 0; n < line.size() && !separates(line[n], delimiter);) ++n;
    if (n == 0) break;
    std::string word(line.substr(0, n));
    std::ranges::transform(word, word.begin(), [](unsigned char c) { return char(std::tolower(c)); });
    const auto found = std::ranges::find_if(meanings, [&](const Meaning& m) { return word == m.word; });
    columns.emplace_back(found == std::end(meanings) ? "-" : found->column);
    line.remove_prefix(n);
  }
  if (std::ranges::count(columns, "source") != 1 || std::ranges::count(columns, "target") != 1) return {};
  return columns;
}

EdgeFields read_edge_fields(const TextSources& sources, const std::vector<std::string>& columns) {
  try {
    return read_integers(sources, columns);
  } catch (const NotAnInteger&) {
    return read_strings(sources, columns);
  }
}

}  // namespace pfm::io
