#include <fmt/format.h>
#include <pfm/graph/relations.h>
#include <pfm/io/edge_fields.h>
#include <pfm/io/edge_list.h>
#include <pfm/io/integer_edges.h>
#include <pfm/io/node_labels.h>

#include <algorithm>
#include <charconv>
#include <unordered_map>

namespace pfm::io {
namespace {

constexpr std::size_t bytes_a_name = 16;  // in the file: a reference, and the name itself in the heap
constexpr auto comments = Text::Comments::hash_and_percent;

// What the first line that is no comment says.
struct Begin {
  std::vector<std::string> columns;  // of the options or a header, else empty
  bool header = false, weighted = false;
};

Begin begin_of(Text text, const ReadRules& rules) {
  Begin begin{rules.columns, false, false};
  if (!rules.columns.empty()) check_columns(rules.columns);
  text.separated_by(rules.delimiter);
  if (!text.next_line()) return begin;
  std::string line;
  int fields = 0;
  for (; text.more(); ++fields) line += std::string(text.field("a field")) + (rules.delimiter ? rules.delimiter : ' ');
  const auto named = columns_of_header(line, rules.delimiter);
  begin.header = !named.empty();
  if (begin.header && begin.columns.empty()) begin.columns = named;
  begin.weighted = begin.columns.empty() ? fields > 2 : std::ranges::count(begin.columns, "weight") > 0;
  return begin;
}

bool usual(const std::vector<std::string>& columns) {
  return columns.empty() || columns == std::vector<std::string>{"source", "target"} ||
         columns == std::vector<std::string>{"source", "target", "weight"};
}

Graph typed_graph(const EdgeFields& fields, const ReadRules& rules, Types& types) {
  types.nodes = {"node"};
  types.node_ptr = {0, fields.nodes};
  for (const std::string& name : fields.relations)
    types.relations.push_back({name, 0, 0, rules.undirected.value_or(true)});
  std::vector<TypedEdge> edges;
  for (std::size_t e = 0; e < fields.edges.size(); ++e)
    edges.push_back({fields.edges[e].source, fields.edges[e].target, fields.types[e],
                     fields.weights.empty() ? 1 : fields.weights[e]});
  return build_relations(types, std::move(edges), !fields.weights.empty());
}

Graph timed_graph(const EdgeFields& fields, const ReadRules& rules) {
  std::vector<Offset> origin;
  const Graph graph = build_graph(fields.nodes, fields.edges, fields.weights, rules.build(), &origin);
  Matrix times(Offset(origin.size()), 1);
  for (std::size_t e = 0; e < origin.size(); ++e) times(Offset(e), 0) = Real(fields.times[origin[e]]);
  return Graph(graph.adjacency(), std::move(times));
}

NodeOf node_named(const Dataset& data) {
  if (data.names.empty())
    return [n = data.nodes()](std::string_view id) {
      NodeId v = -1;
      const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), v);
      return error == std::errc() && end == id.data() + id.size() && v < n ? v : -1;
    };
  auto ids = std::make_shared<std::unordered_map<std::string_view, NodeId>>();
  for (std::size_t v = 0; v < data.names.size(); ++v) ids->emplace(data.names[v], NodeId(v));
  return [ids](std::string_view id) {
    const auto found = ids->find(id);
    return found == ids->end() ? -1 : found->second;
  };
}

Dataset dataset_of(EdgeFields fields, const ReadRules& rules) {
  Dataset data;
  if (!fields.types.empty())
    data.all.graph = typed_graph(fields, rules, data.types);
  else if (!fields.times.empty())
    data.all.graph = timed_graph(fields, rules);
  else
    data.all.graph = build_graph(fields.nodes, fields.edges, fields.weights, rules.build());
  data.names = std::move(fields.names);
  return data;
}

// What all ways of reading have in common; `name` is for messages.
void complete(Dataset& data, const std::string& name, const Begin& begin, const ReadRules& rules) {
  if (data.nodes() == 0) throw Error(Fault::input, name + ": has no edges, expected lines 'u v' or 'u v weight'");
  if (rules.weighted && !begin.weighted)
    throw Error(Fault::input, name + ": has no weights, which --weighted asks for; expected lines 'u v weight'");
  data.all.x = Features::identity(data.nodes());
  data.task = Task::link;
}

Dataset read_by_fields(const TextSources& sources, const Begin& begin, const ReadRules& rules) {
  return dataset_of(read_edge_fields({sources.count,
                                      [&](std::size_t i) {
                                        Text text = sources.open(i);
                                        text.separated_by(rules.delimiter);
                                        if (begin.header) text.next_line();
                                        return text;
                                      }},
                                     begin.columns),
                    rules);
}

}  // namespace

Dataset parse_edge_list(const std::string& name, std::string_view content, const ReadRules& rules,
                        const std::string& labels_name, std::string_view labels) {
  const Begin begin = begin_of(Text(name, content, comments), rules);
  Dataset data = read_by_fields({1, [&](std::size_t) { return Text(name, content, comments); }}, begin, rules);
  complete(data, name, begin, rules);
  data.name = name;
  if (!labels_name.empty()) read_node_labels(Text(labels_name, labels, comments), data.nodes(), node_named(data), data);
  return data;
}

std::optional<EdgeListNeeds> needs_of_edge_list(Paths paths, const ReadRules& rules, int threads) {
  const Begin begin = begin_of(Text(paths[0], comments), rules);
  if (!usual(begin.columns)) return std::nullopt;
  const auto size = count_integer_edges(paths, rules, begin.weighted, begin.header);
  if (!size) return std::nullopt;
  const std::size_t entries = std::size_t(size->lines) * (rules.build().undirected ? 2 : 1);
  const std::size_t an_entry = sizeof(NodeId) + (begin.weighted ? sizeof(Real) : 0);
  const bool named = size->nodes <= size->highest;
  return EdgeListNeeds{size->lines, size->nodes, reading_bytes(*size, rules, begin.weighted, threads),
                       entries * an_entry + std::size_t(size->nodes + 1) * sizeof(Offset) +
                           (named ? std::size_t(size->nodes) * bytes_a_name : 0)};
}

Dataset read_edge_list(Paths paths, const ReadRules& rules) {
  const Begin begin = begin_of(Text(paths[0], comments), rules);
  Dataset data;
  auto integers = usual(begin.columns) ? read_integer_edges(paths, rules, begin.weighted, begin.header) : std::nullopt;
  if (integers) {
    data.all.graph = std::move(integers->graph);
    data.names.reserve(integers->ids.size());
    for (NodeId id : integers->ids) data.names.push_back(std::to_string(id));
  } else {
    data = read_by_fields({paths.size(), [&](std::size_t i) { return Text(paths[i], comments); }}, begin, rules);
  }
  complete(data, paths[0].string(), begin, rules);
  data.name = name_from(paths[0]);
  if (!rules.labels.empty()) read_labels(rules.labels, data.nodes(), node_named(data), data);
  return data;
}

}  // namespace pfm::io
