#include <pfm/graph/biconnected.h>
#include <pfm/graph/boost.h>

#include <algorithm>
#include <boost/graph/biconnected_components.hpp>

namespace pfm {
namespace {

// The block of an edge is written to the entries of both its ends.
struct BlockOfEdge {
  using key_type = boost_graph::Edge;
  using value_type = std::size_t;
  using reference = void;
  using category = boost::writable_property_map_tag;
  const Sparse* a;
  std::vector<NodeId>* of_entry;

  friend void put(const BlockOfEdge& map, const boost_graph::Edge& e, std::size_t block) {
    if (e.source == e.target) return;
    const auto row = map.a->columns(e.target);
    const Offset back = map.a->view().offsets[e.target] + (std::ranges::lower_bound(row, e.source) - row.begin());
    (*map.of_entry)[e.entry] = (*map.of_entry)[back] = NodeId(block);
  }
};

}  // namespace

Biconnected biconnected_components(const Graph& graph) {
  expect(graph.undirected(), "biconnected_components: the graph is undirected");
  const Sparse& a = graph.adjacency();
  Biconnected result;
  result.of_entry.assign(std::size_t(graph.edges()), -1);
  boost::biconnected_components(graph, BlockOfEdge{&a, &result.of_entry}, std::back_inserter(result.articulation));
  std::ranges::sort(result.articulation);
  std::vector<NodeId> number(result.of_entry.size(), -1);
  for (NodeId& block : result.of_entry)
    if (block >= 0) {
      if (number[block] < 0) number[block] = result.count++;
      block = number[block];
    }
  return result;
}

}  // namespace pfm
