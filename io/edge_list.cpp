#include <fmt/format.h>
#include <pfm/io/edge_list.h>
#include <pfm/io/node_labels.h>

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
  NodeOf node_of() const {
    return [this](std::string_view id) {
      const auto found = ids.find(std::string(id));
      return found == ids.end() ? -1 : found->second;
    };
  }
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

}  // namespace

static Dataset dataset_of(const Text& text, const std::string& name, const BuildRules& rules, List& list) {
  if (!parse_integers(text, list)) parse_strings(text, list);
  if (list.edges.empty()) throw Error(Fault::input, name + ": has no edges, expected lines 'u v' or 'u v weight'");
  Dataset data;
  data.name = name;
  const auto nodes = NodeId(list.ids.size());
  data.all.graph = build_graph(nodes, list.edges, list.weights, rules);
  data.all.x = Features::identity(nodes);
  data.task = Task::link;
  return data;
}

Dataset parse_edge_list(const std::string& name, std::string_view content, const BuildRules& rules,
                        const std::string& labels_name, std::string_view labels) {
  List list;
  Dataset data = dataset_of(Text(name, content, Text::Comments::hash_and_percent), name, rules, list);
  if (!labels_name.empty())
    read_node_labels(Text(labels_name, labels, Text::Comments::hash_and_percent), data.nodes(), list.node_of(), data);
  data.names = std::move(list.names);
  return data;
}

Dataset read_edge_list(Paths paths, const ReadRules& rules) {
  const std::filesystem::path& path = paths[0];
  const std::string content = read_text(path);
  List list;
  Dataset data =
      dataset_of(Text(path.string(), content, Text::Comments::hash_and_percent), path.string(), rules.build(), list);
  read_labels(rules.labels, data.nodes(), list.node_of(), data);
  data.names = std::move(list.names);
  data.name = name_from(path);
  return data;
}

}  // namespace pfm::io
