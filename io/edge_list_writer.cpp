#include <fmt/format.h>
#include <pfm/io/edge_fields.h>
#include <pfm/io/edge_list_writer.h>
#include <pfm/io/text_file.h>
#include <pfm/io/written_edges.h>

#include <charconv>
#include <optional>

namespace pfm::io {

namespace {

// Names must be single fields, and whole numbers must be written as the reader writes them: it takes 07 for 7.
void check_names(const std::filesystem::path& path, const std::vector<std::string>& names) {
  std::optional<std::size_t> odd;  // a number that is written in another way
  bool numbers = true;
  for (std::size_t v = 0; v < names.size(); ++v) {
    const std::string& name = names[v];
    if (name.empty() || name[0] == '#' || name[0] == '%' || name.find_first_of(" \t,\r\n\"") != std::string::npos)
      throw Error(
          Fault::input,
          fmt::format("{}: node {} is called '{}', expected names without spaces, tabs, commas, quotation marks, "
                      "line ends, # and % in front; graphml holds any name",
                      path.string(), v, name));
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), value);
    numbers = numbers && error == std::errc() && end == name.data() + name.size();
    if (numbers && !odd && (value < 0 || std::to_string(value) != name)) odd = v;
  }
  if (numbers && odd)
    throw Error(Fault::input, fmt::format("{}: node {} is called '{}' and all names are whole numbers, expected them "
                                          "without signs and leading zeros; graphml holds any name",
                                          path.string(), *odd, names[*odd]));
}

// The first line must not read like a header, `source target`.
void check_first_line(const std::filesystem::path& path, const Dataset& data) {
  NodeId source = 0;
  while (data.all.graph.adjacency().columns(source).empty()) ++source;
  const std::string line = data.names[source] + " " + data.names[data.all.graph.adjacency().columns(source)[0]];
  if (!columns_of_header(line, 0).empty())
    throw Error(Fault::input,
                fmt::format("{}: the first edge is '{}', which a reader takes for a header; graphml holds any name",
                            path.string(), line));
}

}  // namespace

void write_edge_list(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules) {
  const Graph& graph = data.all.graph;
  if (graph.edges() == 0)
    throw Error(Fault::input,
                fmt::format("{}: the graph has no edges, an edge list holds nothing else", path.string()));
  check_names(path, data.names);
  refuse_repeated_names(path, data.names);
  if (!data.names.empty()) check_first_line(path, data);
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
