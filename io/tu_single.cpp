#include <pfm/graph/build.h>
#include <pfm/io/lists.h>
#include <pfm/io/text.h>
#include <pfm/io/tu_single.h>

#include <algorithm>
#include <limits>

namespace pfm::io {
namespace {

constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;

struct Parsed {
  std::vector<Edge> edges;
  std::vector<std::int64_t> tags, labels;  // [N], [G]
  std::vector<Offset> segments{0};         // [G + 1]
};

void parse_node(Text& text, Parsed& out, std::int64_t begin, std::int64_t nodes) {
  if (!text.next_line()) text.complain("the file ends within a graph, expected a line per node");
  out.tags.push_back(text.integer("the tag of a node", std::numeric_limits<std::int32_t>::min(), most));
  const std::int64_t degree = text.integer("the number of neighbours", 0, most);
  const auto self = NodeId(out.tags.size() - 1);
  for (std::int64_t i = 0; i < degree; ++i)
    out.edges.push_back({self, NodeId(begin + text.integer("a neighbour within the graph", 0, nodes - 1))});
  text.end_of_line();
}

// An edge that both of its ends name counts once, here already: half the memory.
void merge(std::vector<Edge>& edges, std::ptrdiff_t begin) {
  for (auto e = edges.begin() + begin; e != edges.end(); ++e)
    if (e->source > e->target) std::swap(e->source, e->target);
  std::sort(edges.begin() + begin, edges.end());
  edges.erase(std::unique(edges.begin() + begin, edges.end()), edges.end());
}

Parsed parse(Text text) {
  Parsed out;
  if (!text.next_line()) text.fail("the number of graphs");
  const std::int64_t graphs = text.integer("the number of graphs", 1, most);
  text.end_of_line();
  for (std::int64_t g = 0; g < graphs; ++g) {
    if (!text.next_line()) text.complain("the file ends before its last graph");
    const std::int64_t nodes = text.integer("the number of nodes of a graph", 0, most - out.segments.back());
    out.labels.push_back(text.integer("the label of a graph", std::numeric_limits<std::int32_t>::min(), most));
    text.end_of_line();
    const auto first = std::ptrdiff_t(out.edges.size());
    for (std::int64_t v = 0; v < nodes; ++v) parse_node(text, out, out.segments.back(), nodes);
    merge(out.edges, first);
    out.segments.push_back(out.segments.back() + nodes);
  }
  if (text.next_line()) text.complain("more lines than the graphs have, expected the end of the file");
  return out;
}

}  // namespace

static Dataset dataset_of(const std::string& name, Parsed parsed) {
  const auto nodes = NodeId(parsed.tags.size());
  Dataset data;
  data.name = name;
  data.all.graph =
      build_graph(nodes, parsed.edges, {}, {.undirected = true, .self_loops = BuildRules::SelfLoops::keep});
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
