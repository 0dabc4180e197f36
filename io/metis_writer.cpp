#include <fmt/format.h>
#include <pfm/io/metis.h>
#include <pfm/io/text_file.h>

#include <algorithm>
#include <cmath>

namespace pfm::io {

static void check_held(const std::filesystem::path& path, const Graph& graph) {
  auto refuse = [&](const std::string& what) {
    throw Error(Fault::input, fmt::format("{}: {}; mtx and graphml hold it", path.string(), what));
  };
  if (!graph.undirected()) refuse("the graph is directed, a METIS graph cannot be");
  if (graph.self_loops() > 0) refuse(fmt::format("{} self-loops, METIS graphs have none", graph.self_loops()));
  for (Real w : graph.adjacency().view().values)
    if (!(w >= 1) || w != std::floor(w) || w > Real(std::int64_t{1} << 53))
      refuse(fmt::format("a weight of {}, METIS graphs have whole ones from 1 on", w));
}

void write_metis(const std::filesystem::path& path, const Dataset& data, const WriteRules&) {
  const Graph& graph = data.all.graph;
  check_held(path, graph);
  const Sparse& a = graph.adjacency();
  TextFile file(path);
  file << graph.nodes() << ' ' << graph.edges() / 2 << (a.weighted() ? " 1\n" : "\n");
  for (NodeId u = 0; u < graph.nodes(); ++u) {
    const auto targets = a.columns(u);
    const auto weights = a.values(u);
    for (std::size_t i = 0; i < targets.size(); ++i) {
      if (i > 0) file << ' ';
      file << targets[i] + 1;
      if (!weights.empty()) file << ' ' << std::int64_t(weights[i]);
    }
    file << '\n';
  }
  file.commit();
}

}  // namespace pfm::io
