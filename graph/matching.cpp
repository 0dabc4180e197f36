#include <pfm/graph/boost.h>
#include <pfm/graph/build.h>
#include <pfm/graph/matching.h>

#include <boost/graph/max_cardinality_matching.hpp>

namespace pfm {

std::vector<NodeId> maximum_matching(const Graph& graph) {
  expect(graph.undirected(), "maximum_matching: the graph is undirected");
  const Graph simple = build_graph(graph.nodes(), graph.pairs());
  std::vector<NodeId> partner(std::size_t(graph.nodes()));
  boost::edmonds_maximum_cardinality_matching(simple, partner.data());
  return partner;  // Boost's null vertex is -1
}

}  // namespace pfm
