#include <fmt/format.h>
#include <pfm/io/lists.h>
#include <pfm/io/present.h>
#include <pfm/io/text.h>
#include <pfm/io/tu.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;

// The part NAME of the first NAME_graph_indicator.txt in a folder; "" if there is none.
std::string name_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    std::string file = entry.path().filename().string();
    if (file.ends_with(".gz")) file.resize(file.size() - 3);
    constexpr std::string_view ending = "_graph_indicator.txt";
    if (file.ends_with(ending)) names.push_back(file.substr(0, file.size() - ending.size()));
  }
  return names.empty() ? "" : *std::ranges::min_element(names);
}

struct Folder {
  fs::path path;
  std::string name;
  fs::path file(const char* part) const { return present(path / fmt::format("{}_{}.txt", name, part)); }
  std::optional<Text> text(const char* part) const {
    const fs::path found = file(part);
    return found.empty() ? std::nullopt : std::optional<Text>(found);
  }
};

// Nodes in the order of their graphs.
struct Nodes {
  std::vector<NodeId> place;        // [N] where each node of the file comes
  std::vector<std::int32_t> graph;  // [N] of each node of the file
  std::vector<Offset> segments;     // [G + 1]
};

Nodes read_nodes(Text text, std::int64_t graphs) {
  Nodes nodes;
  std::int32_t highest = 0;
  while (text.next_line()) {
    nodes.graph.push_back(std::int32_t(text.integer("the graph of a node", 1, graphs)) - 1);
    text.end_of_line();
    if (std::int64_t(nodes.graph.size()) > most) text.complain("more nodes than 32-bit ids can name");
    // Without graph labels the highest number says how many graphs there are: not more than there are nodes.
    highest = std::max(highest, nodes.graph.back() + 1);
  }
  if (graphs == most && std::size_t(highest) > nodes.graph.size())
    text.complain(fmt::format("graph {} of {} nodes, expected no more graphs than nodes", highest, nodes.graph.size()));
  nodes.segments.resize(std::size_t(graphs == most ? highest : graphs) + 1);
  for (std::int32_t g : nodes.graph) ++nodes.segments[std::size_t(g) + 1];
  std::partial_sum(nodes.segments.begin(), nodes.segments.end(), nodes.segments.begin());
  std::vector<Offset> next = nodes.segments;
  for (std::int32_t g : nodes.graph) nodes.place.push_back(NodeId(next[std::size_t(g)]++));
  return nodes;
}

std::vector<Edge> read_adjacency(Text text, const Nodes& nodes) {
  std::vector<Edge> edges;
  const auto count = std::int64_t(nodes.graph.size());
  while (text.next_line()) {
    const std::int64_t u = text.integer("a node", 1, count) - 1, v = text.integer("a node", 1, count) - 1;
    if (nodes.graph[u] != nodes.graph[v]) text.fail(fmt::format("a node of graph {}", nodes.graph[u] + 1));
    text.end_of_line();
    edges.push_back({nodes.place[u], nodes.place[v]});
  }
  return edges;
}

// `rows` lines of as many integers as the first one has, by columns.
std::vector<std::vector<std::int64_t>> read_labels_of(Text text, std::size_t rows) {
  std::vector<std::vector<std::int64_t>> columns;
  std::size_t row = 0;
  for (; text.next_line(); ++row) {
    if (row == rows) text.fail(fmt::format("the end of the file after {} lines", rows));
    std::size_t column = 0;
    for (; text.more(); ++column) {
      const std::int64_t label = text.integer("a label", std::numeric_limits<std::int32_t>::min(), most);
      if (row == 0) columns.emplace_back();
      if (column == columns.size()) text.fail("as many labels as above");
      columns[column].push_back(label);
    }
    if (column != columns.size()) text.fail("as many labels as above");
  }
  if (row != rows) text.complain(fmt::format("the file ends after {} lines, expected {}", row, rows));
  return columns;
}

std::vector<std::int64_t> read_one_label(const Text& text, std::size_t rows) {
  auto columns = read_labels_of(text, rows);
  if (columns.size() > 1) text.complain("several labels in a line, expected one");
  return columns.empty() ? std::vector<std::int64_t>() : std::move(columns[0]);
}

// One-hot blocks of `labels`, by columns, then `attributes`; row i of the file is row place[i].
Features features(const std::vector<std::vector<std::int64_t>>& labels, const Matrix& attributes, const Nodes& nodes) {
  const auto count = Offset(nodes.place.size());
  std::vector<std::vector<std::int32_t>> one_hot;
  std::vector<Offset> first;  // column of each block
  Offset columns = 0;
  for (const auto& column : labels) {
    std::vector<std::int64_t> values;
    one_hot.push_back(ranks(column, values));
    first.push_back(columns);
    columns += Offset(values.size());
  }
  const Offset before = columns;
  columns += attributes.cols();
  if (columns > most) throw Error(Fault::input, "more feature columns than 32-bit ids can name");
  const std::size_t blocks = one_hot.size();
  if (4 * attributes.cols() >= columns) {
    Matrix x = Matrix::zeros(count, columns);
    for (Offset i = 0; i < count; ++i) {
      for (std::size_t b = 0; b < blocks; ++b) x(nodes.place[i], first[b] + one_hot[b][i]) = 1;
      for (Offset c = 0; c < attributes.cols(); ++c) x(nodes.place[i], before + c) = attributes(i, c);
    }
    return x;
  }
  std::vector<NodeId> node(nodes.place.size());  // the file's at each place
  for (Offset i = 0; i < count; ++i) node[nodes.place[i]] = NodeId(i);
  std::vector<Offset> offsets{0};
  std::vector<NodeId> indices;
  std::vector<Real> values;
  for (NodeId i : node) {
    for (std::size_t b = 0; b < blocks; ++b) indices.push_back(NodeId(first[b] + one_hot[b][i])), values.push_back(1);
    for (Offset c = 0; c < attributes.cols(); ++c)
      if (attributes(i, c) != 0) indices.push_back(NodeId(before + c)), values.push_back(attributes(i, c));
    offsets.push_back(Offset(indices.size()));
  }
  if (attributes.empty()) values.clear();
  return Sparse(count, columns, std::move(offsets), std::move(indices), std::move(values));
}

// The graph with what belongs to its edges.
Graph graph_of(const Folder& folder, const Nodes& nodes, const BuildRules& rules) {
  auto text = folder.text("A");
  if (!text) throw Error(Fault::input, fmt::format("{}: has no {}_A.txt", folder.path.string(), folder.name));
  const std::vector<Edge> edges = read_adjacency(*text, nodes);
  std::vector<std::int32_t> labels;
  std::vector<std::int64_t> values;
  if (const auto given = folder.text("edge_labels")) labels = ranks(read_one_label(*given, edges.size()), values);
  Matrix attributes;
  if (const auto given = folder.text("edge_attributes")) attributes = read_rows(*given, Offset(edges.size()));
  const auto count = NodeId(nodes.place.size());
  if (labels.empty() && attributes.empty()) return build_graph(count, edges, {}, rules);
  std::vector<Offset> origin;
  const Graph plain = build_graph(count, edges, {}, rules, &origin);
  std::vector<std::int32_t> types;
  Matrix rows(attributes.empty() ? 0 : Offset(origin.size()), attributes.cols());
  for (std::size_t e = 0; e < origin.size(); ++e) {
    if (!labels.empty()) types.push_back(labels[origin[e]]);
    if (!rows.empty()) std::ranges::copy(attributes.row(origin[e]), rows.row(Offset(e)).begin());
  }
  return Graph(plain.adjacency(), std::move(rows), std::move(types));
}

}  // namespace

bool is_tu(const fs::path& folder) {
  std::error_code none;
  if (!fs::is_directory(folder, none)) return false;
  const std::string name = name_in(folder);
  return !name.empty() && !Folder{folder, name}.file("A").empty();
}

Dataset read_tu(Paths paths, const ReadRules& rules) {
  const Folder folder{paths[0], name_in(paths[0])};
  auto indicator = folder.text("graph_indicator");
  if (!indicator)
    throw Error(Fault::input, fmt::format("{}: has no NAME_graph_indicator.txt, expected a folder of the TU collection",
                                          folder.path.string()));
  Dataset data;
  data.name = as_utf8(folder.name);
  data.task = Task::graph;
  std::int64_t graphs = most;  // not known
  if (auto text = folder.text("graph_labels")) {
    std::vector<std::int64_t> labels, values;
    while (text->next_line()) {
      labels.push_back(text->integer("the label of a graph", std::numeric_limits<std::int32_t>::min(), most));
      text->end_of_line();
    }
    data.targets.classes = ranks(labels, values);
    for (std::int64_t value : values) data.targets.class_names.push_back(std::to_string(value));
    graphs = std::int64_t(labels.size());
  }
  Nodes nodes = read_nodes(*indicator, graphs);
  data.all.graph = graph_of(folder, nodes, rules.build());
  std::vector<std::vector<std::int64_t>> labels;
  Matrix attributes;
  if (const auto text = folder.text("node_labels")) labels = read_labels_of(*text, nodes.place.size());
  if (const auto text = folder.text("node_attributes")) attributes = read_rows(*text, Offset(nodes.place.size()));
  const bool none = labels.empty() && attributes.empty();
  data.all.x = none ? Features::identity(data.nodes()) : features(labels, attributes, nodes);
  data.all.segments = std::move(nodes.segments);
  data.all.samples.resize(data.all.segments.size() - 1);
  std::iota(data.all.samples.begin(), data.all.samples.end(), 0);
  if (const auto text = folder.text("graph_attributes"))
    data.targets.reals = std::make_shared<const Matrix>(read_rows(*text, data.graphs()));
  if (const fs::path file = present(folder.path / "folds10_test.txt"); !file.empty())
    data.folds = read_folds(Text(file), NodeId(data.graphs()));
  return data;
}

}  // namespace pfm::io
