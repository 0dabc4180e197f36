#include <fmt/format.h>
#include <pfm/io/given_edges.h>
#include <pfm/io/metis.h>
#include <pfm/io/node_labels.h>

#include <algorithm>
#include <limits>

namespace pfm::io {
namespace {

constexpr std::int64_t most_nodes = std::numeric_limits<NodeId>::max() - 1;
constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();

struct Header {
  std::int64_t nodes = 0, edges = 0, node_weights = 0;  // node_weights: numbers before a node's neighbours
  bool edge_weights = false;
};

Header parse_header(Text& text) {
  if (!text.next_line()) text.fail("a header 'nodes edges [fmt [ncon]]'");
  Header header;
  header.nodes = text.integer("the number of nodes", 0, most_nodes);
  header.edges = text.integer("the number of edges", 0, largest / 2);
  std::int64_t format = 0, constraints = 1;
  if (text.more()) {
    format = text.integer("a format of three digits, each 0 or 1", 0, 111);
    if (format % 10 > 1 || format / 10 % 10 > 1) text.fail("a format of three digits, each 0 or 1");
  }
  if (text.more()) constraints = text.integer("the number of weights of a node", 0, 1000);
  text.end_of_line();
  header.edge_weights = format % 10 == 1;
  header.node_weights = (format >= 100 ? 1 : 0) + (format / 10 % 10 == 1 ? constraints : 0);
  return header;
}

GivenEdges parse_rows(Text& text, const Header& header) {
  GivenEdges edges;
  for (std::int64_t v = 0; v < header.nodes; ++v) {
    if (!text.next_line_or_empty())
      text.complain(fmt::format("the file ends at node {}, expected {} nodes", v, header.nodes));
    for (std::int64_t i = 0; i < header.node_weights; ++i) text.integer("the weight or size of a node", 0, largest);
    while (text.more()) {
      const std::int64_t neighbour = text.integer("a neighbour", 1, header.nodes);
      const auto weight = header.edge_weights ? std::optional(weight_in(text)) : std::nullopt;
      edges.add(NodeId(v), NodeId(neighbour - 1), GivenEdges::Ways::one, weight);
    }
  }
  if (text.next_line()) text.complain("more lines than the graph has nodes, expected the end of the file");
  return edges;
}

// The first entry whose reverse is not there with the same weight.
[[noreturn]] void complain_of_one_way(const std::string& file, const Sparse& a) {
  for (NodeId u = 0; u < a.rows(); ++u)
    for (std::size_t i = 0; i < a.columns(u).size(); ++i) {
      const NodeId v = a.columns(u)[i];
      const auto row = a.columns(v);
      const auto back = std::ranges::lower_bound(row, u);
      if (back == row.end() || *back != u)
        throw Error(Fault::input,
                    fmt::format("{}: node {} lists {}, expected {} to list {} too", file, u + 1, v + 1, v + 1, u + 1));
      if (a.weighted() && a.values(v)[back - row.begin()] != a.values(u)[i])
        throw Error(Fault::input,
                    fmt::format("{}: the edge of {} and {} weighs {} there and {} here, expected one weight", file,
                                u + 1, v + 1, a.values(u)[i], a.values(v)[back - row.begin()]));
    }
  throw std::logic_error("a matrix that is not symmetric has such an entry");
}

}  // namespace

Dataset read_metis(Paths paths, const ReadRules& rules) {
  const std::filesystem::path& path = paths[0];
  Text text(path, Text::Comments::percent);
  const Header header = parse_header(text);
  if (rules.weighted && !header.edge_weights) text.complain("the header says no weights of edges (--weighted)");
  const GivenEdges edges = parse_rows(text, header);
  Dataset data;
  data.name = name_from(path);
  data.all.graph = edges.graph(NodeId(header.nodes), rules, path.string());
  data.all.x = Features::identity(NodeId(header.nodes));
  data.task = Task::link;
  if (!data.all.graph.undirected()) complain_of_one_way(path.string(), data.all.graph.adjacency());
  const auto given = std::int64_t(edges.size()), loops = data.all.graph.self_loops();
  if (given + loops != 2 * header.edges)
    throw Error(
        Fault::input,
        fmt::format("{}: the header says {} edges, expected {}: half of the {} neighbours listed{}", path.string(),
                    header.edges, double(given + loops) / 2, given, loops > 0 ? ", self-loops whole" : ""));
  read_labels(rules.labels, data.nodes(), counted_from_one(data.nodes()), data);
  return data;
}

bool is_metis(const std::filesystem::path& path) {
  const auto ending = path.extension() == ".gz" ? path.stem().extension() : path.extension();
  if (ending != ".graph" && ending != ".metis") return false;
  const std::string begin = beginning(path);
  try {
    Text text(path.string(), begin, Text::Comments::percent);
    return parse_header(text), true;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace pfm::io
