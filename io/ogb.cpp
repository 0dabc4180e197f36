#include <fmt/format.h>
#include <pfm/io/entries.h>
#include <pfm/io/lists.h>
#include <pfm/io/ogb.h>
#include <pfm/io/present.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace pfm::io {
namespace {

namespace fs = std::filesystem;
constexpr std::int64_t most = std::numeric_limits<NodeId>::max() - 1;

struct Folder {
  fs::path path;
  fs::path raw(const char* part) const { return present(path / "raw" / fmt::format("{}.csv", part)); }
  Text needed(const char* part) const {
    const fs::path file = raw(part);
    if (file.empty())
      throw Error(Fault::input, fmt::format("{}: has no raw/{}.csv or raw/{}.csv.gz", path.string(), part, part));
    return Text(file);
  }
};

std::uintmax_t bytes_in(const fs::path& folder) {
  std::uintmax_t bytes = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none))
    if (entry.is_regular_file(none)) bytes += entry.file_size(none);
  return bytes;
}

// One count per line, as offsets; their sum at most `highest`.
std::vector<Offset> read_counts(Text text, std::int64_t highest) {
  std::vector<Offset> offsets{0};
  while (text.next_line()) {
    offsets.push_back(offsets.back() + text.integer("a count", 0, highest - offsets.back()));
    text.end_of_line();
  }
  return offsets;
}

std::vector<Edge> read_edge_lines(Text text, const std::vector<Offset>& nodes, const std::vector<Offset>& edges) {
  std::vector<Edge> result;
  const bool counted = !edges.empty();
  for (std::size_t g = 0; g + 1 < nodes.size(); ++g) {
    const Offset count = nodes[g + 1] - nodes[g];
    while ((!counted || Offset(result.size()) < edges[g + 1]) && text.next_line()) {
      const std::int64_t u = text.integer("a node within its graph", 0, count - 1);
      const std::int64_t v = text.integer("a node within its graph", 0, count - 1);
      text.end_of_line();
      result.push_back({NodeId(nodes[g] + u), NodeId(nodes[g] + v)});
    }
  }
  if (counted && Offset(result.size()) != edges.back())
    text.complain(fmt::format("the file ends after {} edges, expected {}", result.size(), edges.back()));
  if (text.next_line()) text.complain("more edges than num-edge-list says");
  return result;
}

Graph read_graph(const Folder& folder, const std::vector<Offset>& nodes, const BuildRules& rules) {
  std::vector<Offset> counts;
  if (const fs::path file = folder.raw("num-edge-list"); !file.empty()) {
    counts = read_counts(Text(file), std::numeric_limits<Offset>::max());
    if (counts.size() != nodes.size())
      throw Error(Fault::input, fmt::format("{}: found {} graphs, num-node-list has {}", file.string(),
                                            counts.size() - 1, nodes.size() - 1));
  } else if (nodes.size() != 2) {
    folder.needed("num-edge-list");
  }
  const std::vector<Edge> edges = read_edge_lines(folder.needed("edge"), nodes, counts);
  const fs::path features = folder.raw("edge-feat");
  if (features.empty()) return build_graph(NodeId(nodes.back()), edges, {}, rules);
  const Matrix given = read_rows(Text(features), Offset(edges.size()));
  std::vector<Offset> origin;
  const Graph plain = build_graph(NodeId(nodes.back()), edges, {}, rules, &origin);
  Matrix attributes(Offset(origin.size()), given.cols());
  for (std::size_t e = 0; e < origin.size(); ++e)
    std::ranges::copy(given.row(origin[e]), attributes.row(Offset(e)).begin());
  return Graph(plain.adjacency(), std::move(attributes));
}

void set_labels(Matrix labels, Targets& targets) {
  const auto values = labels.values();
  auto whole = [](Real v) { return std::isnan(v) || (v >= 0 && v < Real(1 << 24) && v == std::floor(v)); };
  if (labels.cols() == 1 && std::ranges::all_of(values, whole)) {
    for (Real v : values) targets.classes.push_back(std::isnan(v) ? -1 : std::int32_t(v));
    return;
  }
  if (labels.cols() > 1 && std::ranges::all_of(values, [](Real v) { return v == 0 || v == 1; })) {
    targets.label_sets = Features(std::move(labels)).as_sparse().without_values();
    return;
  }
  targets.reals = std::make_shared<const Matrix>(std::move(labels));
}

// The one folder in split/; empty if there is no split.
fs::path split_folder(const fs::path& folder) {
  std::vector<fs::path> kinds;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder / "split", none))
    if (!present(entry.path() / "train.csv").empty()) kinds.push_back(entry.path());
  if (kinds.size() > 1)
    throw Error(Fault::input, fmt::format("{}: found {} kinds of splits, expected one: leave the one that is to count",
                                          (folder / "split").string(), kinds.size()));
  return kinds.empty() ? fs::path() : kinds[0];
}

}  // namespace

bool is_ogb(const fs::path& folder) {
  const Folder f{folder};
  return !f.raw("edge").empty() && !f.raw("num-node-list").empty();
}

Dataset read_ogb(Paths paths, const ReadRules& rules) {
  const Folder folder{paths[0]};
  std::error_code none;
  if (fs::exists(folder.path / "raw" / "relations", none))
    throw Error(Fault::input, fmt::format("{}: its nodes are of several types (raw/relations), expected one type",
                                          folder.path.string()));
  const std::vector<Offset> nodes = read_counts(folder.needed("num-node-list"), most);
  if (!plausible(nodes.back(), bytes_in(folder.path / "raw")))
    throw Error(Fault::input, fmt::format("{}: num-node-list says {} nodes, far beyond the size of the files",
                                          folder.path.string(), nodes.back()));
  const Offset graphs = Offset(nodes.size()) - 1;
  Dataset data;
  data.name = name_from(folder.path);
  data.all.graph = read_graph(folder, nodes, rules.build());
  const fs::path features = folder.raw("node-feat"), of_nodes = folder.raw("node-label"),
                 of_graphs = folder.raw("graph-label");
  data.all.x = features.empty() ? Features::identity(data.nodes()) : read_rows(Text(features), data.nodes());
  data.task = !of_graphs.empty() ? Task::graph : !of_nodes.empty() ? Task::node : Task::link;
  if (!of_graphs.empty() && !of_nodes.empty())
    throw Error(Fault::input,
                fmt::format("{}: has labels of nodes and of graphs, expected one of them", folder.path.string()));
  if (graphs != 1 || data.task == Task::graph) {
    data.all.segments = nodes;
    data.all.samples.resize(std::size_t(graphs));
    std::iota(data.all.samples.begin(), data.all.samples.end(), 0);
  }
  if (!of_nodes.empty()) set_labels(read_cells(Text(of_nodes), data.nodes()), data.targets);
  if (!of_graphs.empty()) set_labels(read_cells(Text(of_graphs), graphs), data.targets);
  if (const fs::path splits = split_folder(folder.path); !splits.empty())
    for (const auto& [split, file] :
         {std::pair{"train", "train.csv"}, {"validation", "valid.csv"}, {"test", "test.csv"}})
      if (const fs::path list = present(splits / file); !list.empty())
        data.splits[split] = read_items(Text(list), NodeId(data.items()));
  return data;
}

}  // namespace pfm::io
