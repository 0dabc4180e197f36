#include <pfm/io/matrix_market.h>
#include <pfm/io/text_file.h>
#include <pfm/io/written_edges.h>

namespace pfm::io {

void write_matrix_market(const std::filesystem::path& path, const Dataset& data, const WriteRules& rules) {
  const Graph& graph = data.all.graph;
  const bool weighted = graph.adjacency().weighted(), symmetric = !rules.both && graph.undirected();
  const Offset entries = symmetric ? (graph.edges() + graph.self_loops()) / 2 : graph.edges();
  TextFile file(path);
  file << "%%MatrixMarket matrix coordinate " << (weighted ? "real " : "pattern ")
       << (symmetric ? "symmetric\n" : "general\n");
  file << graph.nodes() << ' ' << graph.nodes() << ' ' << entries << '\n';
  constexpr bool lower = true;  // the triangle that the format keeps of a symmetric matrix
  each_written_edge(
      graph, rules,
      [&](NodeId row, NodeId column, Real weight) {
        file << row + 1 << ' ' << column + 1;
        if (weighted) file << ' ' << weight;
        file << '\n';
      },
      lower);
  file.commit();
}

}  // namespace pfm::io
