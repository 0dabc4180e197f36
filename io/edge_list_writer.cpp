#include <fmt/format.h>
#include <pfm/io/edge_list_writer.h>
#include <pfm/io/text_file.h>
#include <pfm/io/written_edges.h>

namespace pfm::io {

static void check_names(const std::filesystem::path& path, const std::vector<std::string>& names) {
  for (std::size_t v = 0; v < names.size(); ++v)
    if (names[v].empty() || names[v][0] == '#' || names[v][0] == '%' ||
        names[v].find_first_of(" \t,\r\n\"") != std::string::npos)
      throw Error(
          Fault::input,
          fmt::format("{}: node {} is called '{}', expected names without spaces, tabs, commas, quotation marks, "
                      "line ends, # and % in front; graphml holds any name",
                      path.string(), v, names[v]));
}

void write_edge_list(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules) {
  const Graph& graph = data.all.graph;
  if (graph.edges() == 0)
    throw Error(Fault::input,
                fmt::format("{}: the graph has no edges, an edge list holds nothing else", path.string()));
  check_names(path, data.names);
  refuse_repeated_names(path, data.names);
  const bool weighted = graph.adjacency().weighted();
  TextFile file(path);
  auto node = [&](NodeId v) {
    if (data.names.empty())
      file << v;
    else
      file << std::string_view(data.names[v]);
  };
  each_written_edge(graph, rules, [&](NodeId source, NodeId target, Real weight) {
    node(source);
    file << ' ';
    node(target);
    if (weighted) file << ' ' << weight;
    file << '\n';
  });
  file.commit();
}

}  // namespace pfm::io
