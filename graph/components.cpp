#include <pfm/graph/boost.h>
#include <pfm/graph/build.h>
#include <pfm/graph/components.h>

#include <boost/graph/connected_components.hpp>

namespace pfm {

static Graph both_ways(const Graph& graph) {
  const std::vector<Edge> pairs = graph.pairs();
  return build_graph(graph.nodes(), pairs);
}

Components components(const Graph& graph) {
  Components result;
  result.of.resize(graph.nodes());
  result.count = boost::connected_components(graph.undirected() ? graph : both_ways(graph), result.of.data());
  return result;
}

}  // namespace pfm
