#include <pfm/io/node_labels.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

namespace pfm::io {
namespace {

using Assignment = std::pair<NodeId, std::int32_t>;

// One label each becomes classes, more become label sets.
void assign_numbers(std::vector<Assignment> given, NodeId nodes, std::size_t labels, Dataset& data) {
  std::ranges::sort(given);
  given.erase(std::unique(given.begin(), given.end()), given.end());
  data.task = Task::node;
  if (std::ranges::adjacent_find(given, {}, &Assignment::first) == given.end()) {
    data.targets.classes.assign(std::size_t(nodes), -1);
    for (const auto& [v, label] : given) data.targets.classes[v] = label;
    return;
  }
  std::vector<Offset> offsets(std::size_t(nodes) + 1);
  std::vector<NodeId> columns;
  for (const auto& [v, label] : given) ++offsets[v + 1], columns.push_back(label);
  for (NodeId v = 0; v < nodes; ++v) offsets[v + 1] += offsets[v];
  data.targets.label_sets = Sparse(nodes, Offset(labels), std::move(offsets), std::move(columns));
}

NodeId node(Text& text, const NodeOf& node_of) {
  const NodeId v = node_of(text.field("the id of a node"));
  if (v < 0) text.fail("the id of a node of the graph");
  return v;
}

std::optional<std::int64_t> integer(const std::string& text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Numbers by value, else by bytes.
void sort_names(std::vector<std::string>& names) {
  std::ranges::sort(names);
  if (std::ranges::all_of(names, [](const std::string& s) { return integer(s).has_value(); }))
    std::ranges::stable_sort(names, {}, [](const std::string& s) { return *integer(s); });
}

}  // namespace

NodeOf counted_from_one(NodeId nodes) {
  return [nodes](std::string_view id) {
    NodeId v = 0;
    const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), v);
    return error == std::errc() && end == id.data() + id.size() && v >= 1 && v <= nodes ? v - 1 : -1;
  };
}

void GivenLabels::add(NodeId node, const std::string& label) {
  const auto [found, fresh] = number_.try_emplace(label, std::int32_t(names_.size()));
  if (fresh) names_.push_back(label);
  given_.emplace_back(node, found->second);
}

void GivenLabels::assign(NodeId nodes, Dataset& data) && {
  std::vector<std::string> sorted = names_;
  sort_names(sorted);
  for (std::size_t c = 0; c < sorted.size(); ++c) number_[sorted[c]] = std::int32_t(c);
  for (auto& [v, label] : given_) label = number_[names_[label]];
  data.targets.class_names = std::move(sorted);
  assign_numbers(std::move(given_), nodes, names_.size(), data);
}

namespace {

// A first line whose id, read last, is of no node: a heading, or a fault; only the other lines tell.
struct Heading {
  std::vector<std::string> fields;
  std::optional<Error> fault;
};

Heading heading_in(Text& text) {
  Heading heading;
  try {
    text.fail("the id of a node of the graph");
  } catch (const Error& error) {
    heading.fault = error;
  }
  while (text.more()) heading.fields.emplace_back(text.field("a word"));
  return heading;
}

}  // namespace

void read_node_labels(Text text, NodeId nodes, const NodeOf& node_of, Dataset& data) {
  GivenLabels labels;
  Heading heading;
  for (bool first = true; text.next_line(); first = false) {
    const std::string_view id = text.field("the id of a node");
    const NodeId v = node_of(id);
    if (v < 0 && (!first || integer(std::string(id)))) text.fail("the id of a node of the graph");
    if (v < 0) {
      heading = heading_in(text);
      continue;
    }
    do {
      const std::string label(text.field("the label of a node"));
      if (!labels.has(label) && !is_utf8(label)) text.complain("a label that is not UTF-8");
      labels.add(v, label);
    } while (text.more());
  }
  const bool no_heading =
      labels.empty() || std::ranges::any_of(heading.fields, [&](const auto& word) { return labels.has(word); });
  if (heading.fault && no_heading) throw *heading.fault;
  std::move(labels).assign(nodes, data);
}

void read_communities(Text text, NodeId nodes, const NodeOf& node_of, Dataset& data) {
  std::vector<Assignment> given;
  std::int32_t label = 0;
  for (; text.next_line(); ++label)
    while (text.more()) given.emplace_back(node(text, node_of), label);
  for (std::int32_t c = 0; c < label; ++c) data.targets.class_names.push_back(std::to_string(c));
  assign_numbers(std::move(given), nodes, std::size_t(label), data);
}

void read_labels(const std::filesystem::path& path, NodeId nodes, const NodeOf& node_of, Dataset& data) {
  if (path.empty()) return;
  const auto ending = path.extension() == ".gz" ? path.stem().extension() : path.extension();
  (ending == ".cmty" ? read_communities : read_node_labels)(Text(path, Text::Comments::hash_and_percent), nodes,
                                                            node_of, data);
}

}  // namespace pfm::io
