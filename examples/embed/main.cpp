#include <pfm/graph/build.h>
#include <pfm/kernels/version.h>

#include <iostream>
#include <vector>

#include "graph/graph.h"
#include "io/dataset.h"

int main() {
  std::vector<pfm::Edge> edges;
  for (const auto& [a, b] : two_circles(8).friends) edges.push_back({a, b});
  const pfm::Graph graph = pfm::build_graph(16, edges);
  std::cout << "pfm " << pfm::version() << ": " << graph.nodes() << " nodes, " << graph.edges() / 2 << " edges\n";
}
