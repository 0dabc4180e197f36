#include <fmt/format.h>
#include <pfm/io/edge_list.h>
#include <pfm/io/text.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

namespace pfm::io {
namespace {

constexpr std::size_t most_nodes = std::numeric_limits<NodeId>::max() - 1;

struct List {
  std::vector<Edge> edges;
  std::vector<Real> weights;  // [edges] or empty
  std::vector<std::string> names;
  std::unordered_map<std::string, NodeId> ids;
};

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// source(field) and target(field) for every line; weights as the first line has them.
template <class Node>
void each_edge(Text text, List& out, Node node) {
  bool weighted = false;
  for (bool first = true; text.next_line(); first = false) {
    node(text, text.field("the id of a node"));
    node(text, text.field("the id of the second node of an edge"));
    if (first) weighted = text.more();
    if (weighted) {
      const auto weight = Real(text.number("the weight of an edge"));
      if (!std::isfinite(weight)) text.fail("a weight in the range of Real");
      out.weights.push_back(weight);
    }
    text.end_of_line();
  }
}

// False if some id is no integer: then nothing counts.
bool parse_integers(const Text& text, List& out) {
  std::vector<std::int64_t> flat;
  bool all = true;
  struct NotAnInteger {};
  try {
    each_edge(text, out, [&](Text& at, std::string_view field) {
      const auto id = integer(field);
      if (!id) throw NotAnInteger{};
      if (*id < 0) at.fail("the id of a node, 0 or more");
      flat.push_back(*id);
    });
  } catch (const NotAnInteger&) {
    all = false;
  }
  if (!all) return out = {}, false;
  std::vector<std::int64_t> sorted = flat;
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  if (sorted.size() > most_nodes) text.complain("more nodes than 32-bit ids can name");
  const bool dense = sorted.empty() || sorted.back() + 1 == std::int64_t(sorted.size());
  auto rank = [&](std::int64_t id) {
    return NodeId(dense ? id : std::ranges::lower_bound(sorted, id) - sorted.begin());
  };
  for (std::size_t e = 0; e < flat.size(); e += 2) out.edges.push_back({rank(flat[e]), rank(flat[e + 1])});
  for (std::int64_t id : sorted) {
    const std::string name = std::to_string(id);
    out.ids.emplace(name, rank(id));
    if (!dense) out.names.push_back(name);
  }
  return true;
}

void parse_strings(const Text& text, List& out) {
  std::vector<NodeId> flat;
  each_edge(text, out, [&](Text& at, std::string_view field) {
    const auto [found, fresh] = out.ids.try_emplace(std::string(field), NodeId(out.names.size()));
    if (fresh) {
      if (!is_utf8(field)) at.complain("the id of a node is not UTF-8");
      if (out.names.size() >= most_nodes) at.complain("more nodes than 32-bit ids can name");
      out.names.emplace_back(field);
    }
    flat.push_back(found->second);
  });
  for (std::size_t e = 0; e < flat.size(); e += 2) out.edges.push_back({flat[e], flat[e + 1]});
}

// Class names: numbers by value, else by bytes.
void sort_names(std::vector<std::string>& names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (std::ranges::all_of(names, [](const std::string& s) { return integer(s).has_value(); }))
    std::ranges::stable_sort(names, {}, [](const std::string& s) { return *integer(s); });
}

void parse_labels(Text text, const List& list, NodeId nodes, Targets& out) {
  std::vector<std::pair<NodeId, std::string>> given;
  while (text.next_line()) {
    const std::string id(text.field("the id of a node"));
    const auto node = list.ids.find(id);
    if (node == list.ids.end()) text.fail("the id of a node that some edge has");
    do {
      const std::string_view label = text.field("the label of a node");
      if (!is_utf8(label)) text.complain("a label that is not UTF-8");
      given.emplace_back(node->second, label);
    } while (text.more());
  }
  for (const auto& [node, label] : given) out.class_names.push_back(label);
  sort_names(out.class_names);
  std::unordered_map<std::string, NodeId> numbers;
  for (std::size_t c = 0; c < out.class_names.size(); ++c) numbers.emplace(out.class_names[c], NodeId(c));

  std::vector<std::pair<NodeId, NodeId>> pairs;
  for (const auto& [node, label] : given) pairs.emplace_back(node, numbers.at(label));
  std::ranges::sort(pairs);
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  const bool single = std::ranges::adjacent_find(pairs, {}, &std::pair<NodeId, NodeId>::first) == pairs.end();
  if (single) {
    out.classes.assign(std::size_t(nodes), -1);
    for (const auto& [node, label] : pairs) out.classes[node] = label;
    return;
  }
  std::vector<Offset> offsets(std::size_t(nodes) + 1);
  std::vector<NodeId> columns;
  for (const auto& [node, label] : pairs) ++offsets[node + 1], columns.push_back(label);
  for (NodeId v = 0; v < nodes; ++v) offsets[v + 1] += offsets[v];
  out.label_sets = Sparse(nodes, Offset(numbers.size()), std::move(offsets), std::move(columns));
}

}  // namespace

Dataset parse_edge_list(const std::string& name, std::string_view content, const BuildRules& rules,
                        const std::string& labels_name, std::string_view labels) {
  const Text text(name, content, Text::Comments::hash_and_percent);
  List list;
  if (!parse_integers(text, list)) parse_strings(text, list);
  if (list.edges.empty()) throw Error(Fault::input, name + ": has no edges, expected lines 'u v' or 'u v weight'");
  Dataset data;
  data.name = name;
  const auto nodes = NodeId(list.ids.size());
  data.all.graph = build_graph(nodes, list.edges, list.weights, rules);
  data.all.x = Features::identity(nodes);
  if (!labels_name.empty())
    parse_labels(Text(labels_name, labels, Text::Comments::hash_and_percent), list, nodes, data.targets);
  data.names = std::move(list.names);
  data.task = labels_name.empty() ? Task::link : Task::node;
  return data;
}

Dataset read_edge_list(const std::filesystem::path& path, const BuildRules& rules,
                       const std::filesystem::path& labels) {
  const std::string content = read_file(path), label_content = labels.empty() ? "" : read_file(labels);
  Dataset data = parse_edge_list(path.string(), content, rules, labels.string(), label_content);
  data.name = path.stem().string();
  return data;
}

}  // namespace pfm::io
