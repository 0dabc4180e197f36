#include <pfm/io/node_labels.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_map>

namespace pfm::io {
namespace {

struct Assignment {
  NodeId node;
  std::int32_t label;
  friend auto operator<=>(const Assignment&, const Assignment&) = default;
};

// One label each becomes classes, more become label sets.
void assign(std::vector<Assignment> given, NodeId nodes, std::size_t labels, Dataset& data) {
  std::ranges::sort(given);
  given.erase(std::unique(given.begin(), given.end()), given.end());
  data.task = Task::node;
  if (std::ranges::adjacent_find(given, {}, &Assignment::node) == given.end()) {
    data.targets.classes.assign(std::size_t(nodes), -1);
    for (const Assignment& a : given) data.targets.classes[a.node] = a.label;
    return;
  }
  std::vector<Offset> offsets(std::size_t(nodes) + 1);
  std::vector<NodeId> columns;
  for (const Assignment& a : given) ++offsets[a.node + 1], columns.push_back(a.label);
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

void read_node_labels(Text text, NodeId nodes, const NodeOf& node_of, Dataset& data) {
  std::vector<Assignment> given;
  std::vector<std::string> names;  // as they first appear
  std::unordered_map<std::string, std::int32_t> number;
  while (text.next_line()) {
    const NodeId v = node(text, node_of);
    do {
      const std::string label(text.field("the label of a node"));
      const auto [found, fresh] = number.try_emplace(label, std::int32_t(names.size()));
      if (fresh && !is_utf8(label)) text.complain("a label that is not UTF-8");
      if (fresh) names.push_back(label);
      given.push_back({v, found->second});
    } while (text.more());
  }
  std::vector<std::string> sorted = names;
  sort_names(sorted);
  for (std::size_t c = 0; c < sorted.size(); ++c) number[sorted[c]] = std::int32_t(c);
  for (Assignment& a : given) a.label = number[names[a.label]];
  data.targets.class_names = std::move(sorted);
  assign(std::move(given), nodes, names.size(), data);
}

void read_communities(Text text, NodeId nodes, const NodeOf& node_of, Dataset& data) {
  std::vector<Assignment> given;
  std::int32_t label = 0;
  for (; text.next_line(); ++label)
    while (text.more()) given.push_back({node(text, node_of), label});
  for (std::int32_t c = 0; c < label; ++c) data.targets.class_names.push_back(std::to_string(c));
  assign(std::move(given), nodes, std::size_t(label), data);
}

void read_labels(const std::filesystem::path& path, NodeId nodes, const NodeOf& node_of, Dataset& data) {
  if (path.empty()) return;
  const auto ending = path.extension() == ".gz" ? path.stem().extension() : path.extension();
  (ending == ".cmty" ? read_communities : read_node_labels)(Text(path, Text::Comments::hash_and_percent), nodes,
                                                            node_of, data);
}

}  // namespace pfm::io
