#include <pfm/graph/stream.h>
#include <pfm/io/lists.h>
#include <pfm/io/text.h>
#include <pfm/io/tu_single.h>

#include <algorithm>
#include <limits>

namespace pfm::io {
namespace {

constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;

struct Parsed {
  Graph graph;
  std::vector<std::int64_t> tags, labels;  // [N], [G]
  std::vector<Offset> segments{0};         // [G + 1]
};

void parse_node(Text& text, Parsed& out, std::vector<Edge>& edges, std::int64_t nodes) {
  if (!text.next_line()) text.complain("the file ends within a graph, expected a line per node");
  out.tags.push_back(text.integer("the tag of a node", std::numeric_limits<std::int32_t>::min(), most));
  const std::int64_t degree = text.integer("the number of neighbours", 0, most);
  const auto self = NodeId(out.tags.size() - 1);
  for (std::int64_t i = 0; i < degree; ++i) {
    const auto other = NodeId(out.segments.back() + text.integer("a neighbour within the graph", 0, nodes - 1));
    edges.push_back({std::min(self, other), std::max(self, other)});
  }
  text.end_of_line();
}

Parsed parse(Text text) {
  Parsed out;
  GraphStream stream({.undirected = true, .self_loops = BuildRules::SelfLoops::keep}, GraphStream::Keep::ends);
  if (!text.next_line()) text.fail("the number of graphs");
  const std::int64_t graphs = text.integer("the number of graphs", 1, most);
  text.end_of_line();
  for (std::int64_t g = 0; g < graphs; ++g) {
    if (!text.next_line()) text.complain("the file ends before its last graph");
    const std::int64_t nodes = text.integer("the number of nodes of a graph", 0, most - out.segments.back());
    out.labels.push_back(text.integer("the label of a graph", std::numeric_limits<std::int32_t>::min(), most));
    text.end_of_line();
    std::vector<Edge> edges;  // of this graph; one that both of its ends name counts once, here already
    for (std::int64_t v = 0; v < nodes; ++v) parse_node(text, out, edges, nodes);
    std::ranges::sort(edges);
    edges.erase(std::unique(edges.begin(), edges.end()), edges.end());
    stream.add(edges);
    out.segments.push_back(out.segments.back() + nodes);
  }
  if (text.next_line()) text.complain("more lines than the graphs have, expected the end of the file");
  out.graph = stream.finish(NodeId(out.tags.size()));
  return out;
}

}  // namespace

static Dataset dataset_of(const std::string& name, Parsed parsed) {
  const auto nodes = NodeId(parsed.tags.size());
  Dataset data;
  data.name = name;
  data.all.graph = std::move(parsed.graph);
  std::vector<std::int64_t> tags, labels;
  std::vector<std::int32_t> columns = ranks(parsed.tags, tags);
  std::vector<Offset> offsets(std::size_t(nodes) + 1);
  for (NodeId v = 0; v <= nodes; ++v) offsets[v] = v;
  data.all.x = Sparse(nodes, Offset(tags.size()), std::move(offsets), std::move(columns));
  data.all.segments = std::move(parsed.segments);
  data.targets.classes = ranks(parsed.labels, labels);
  for (std::int64_t label : labels) data.targets.class_names.push_back(std::to_string(label));
  for (std::size_t g = 0; g + 1 < data.all.segments.size(); ++g) data.all.samples.push_back(std::int64_t(g));
  data.task = Task::graph;
  return data;
}

Dataset parse_tu_single(const std::string& name, std::string_view content) {
  return dataset_of(name, parse(Text(name, content)));
}

Dataset read_tu_single(const std::filesystem::path& path) {
  Dataset data = dataset_of(name_from(path), parse(Text(path)));
  const std::filesystem::path folds = path.parent_path() / "folds10_test.txt";
  if (std::filesystem::exists(folds)) data.folds = read_folds(Text(folds), NodeId(data.graphs()));
  return data;
}

}  // namespace pfm::io
