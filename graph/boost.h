// Boost.Graph concepts on Graph, so that its algorithms run unchanged: VertexListGraph, EdgeListGraph, IncidenceGraph,
// AdjacencyGraph, with the property maps vertex_index and edge_weight. Not included by other headers of the project.
//
// To Boost a Graph is undirected: out_edges(v) holds all edges of v with v as their source, edges() each pair once and
// each loop once. A graph whose adjacency is not symmetric is a broken expectation: build it with
// BuildRules::undirected first.
#pragma once
#include <pfm/graph/graph.h>

#include <boost/graph/graph_traits.hpp>
#include <boost/graph/properties.hpp>
#include <boost/iterator/counting_iterator.hpp>
#include <boost/iterator/iterator_facade.hpp>
#include <boost/property_map/property_map.hpp>

namespace pfm::boost_graph {

// One edge seen from `source`. The same edge seen from its other end is equal.
struct Edge {
  NodeId source = -1, target = -1;
  Offset entry = -1;  // of the adjacency
  friend bool operator==(const Edge& a, const Edge& b) {
    return (a.source == b.source && a.target == b.target) || (a.source == b.target && a.target == b.source);
  }
  friend bool operator!=(const Edge& a, const Edge& b) { return !(a == b); }
};

// The entries of one row.
class OutEdges : public boost::iterator_facade<OutEdges, Edge, boost::random_access_traversal_tag, Edge> {
 public:
  OutEdges() = default;
  OutEdges(const CsrView& a, NodeId source, Offset entry)
      : columns_(a.columns.data()), source_(source), entry_(entry) {}

 private:
  friend class boost::iterator_core_access;
  Edge dereference() const { return {source_, columns_[entry_], entry_}; }
  bool equal(const OutEdges& other) const { return entry_ == other.entry_; }
  void increment() { ++entry_; }
  void decrement() { --entry_; }
  void advance(std::ptrdiff_t by) { entry_ += by; }
  std::ptrdiff_t distance_to(const OutEdges& other) const { return other.entry_ - entry_; }
  const NodeId* columns_ = nullptr;
  NodeId source_ = 0;
  Offset entry_ = 0;
};

// The entries (u, v) with u <= v, row by row.
class AllEdges : public boost::iterator_facade<AllEdges, Edge, boost::forward_traversal_tag, Edge> {
 public:
  AllEdges() = default;
  AllEdges(const CsrView& a, Offset entry) : a_(a), entry_(entry) { settle(); }

 private:
  friend class boost::iterator_core_access;
  Edge dereference() const { return {source_, a_.columns[entry_], entry_}; }
  bool equal(const AllEdges& other) const { return entry_ == other.entry_; }
  void increment() { ++entry_, settle(); }
  void settle() {
    for (; entry_ < a_.nonzeros(); ++entry_) {
      while (a_.offsets[source_ + 1] <= entry_) ++source_;
      if (a_.columns[entry_] >= source_) return;
    }
  }
  CsrView a_;
  NodeId source_ = 0;
  Offset entry_ = 0;
};

// Weight of an edge, 1 in an unweighted graph.
struct Weights {
  using key_type = Edge;
  using value_type = Real;
  using reference = Real;
  using category = boost::readable_property_map_tag;
  std::span<const Real> values;
  friend Real get(const Weights& map, const Edge& e) { return map.values.empty() ? 1 : map.values[e.entry]; }
};

}  // namespace pfm::boost_graph

namespace boost {

template <>
struct graph_traits<pfm::Graph> {
  struct traversal_category : vertex_list_graph_tag, edge_list_graph_tag, incidence_graph_tag, adjacency_graph_tag {};
  using directed_category = undirected_tag;
  using edge_parallel_category = disallow_parallel_edge_tag;
  using vertex_descriptor = pfm::NodeId;
  using vertex_iterator = counting_iterator<pfm::NodeId>;
  using vertices_size_type = pfm::NodeId;
  using adjacency_iterator = const pfm::NodeId*;
  using edge_descriptor = pfm::boost_graph::Edge;
  using out_edge_iterator = pfm::boost_graph::OutEdges;
  using edge_iterator = pfm::boost_graph::AllEdges;
  using degree_size_type = pfm::Offset;
  using edges_size_type = pfm::Offset;
  static vertex_descriptor null_vertex() { return -1; }
};
template <>
struct graph_traits<const pfm::Graph> : graph_traits<pfm::Graph> {};  // some algorithms ask for it

template <>
struct property_map<pfm::Graph, vertex_index_t> {
  using type = typed_identity_property_map<pfm::NodeId>;
  using const_type = type;
};
template <>
struct property_map<pfm::Graph, edge_weight_t> {
  using type = pfm::boost_graph::Weights;
  using const_type = type;
};

}  // namespace boost

namespace pfm {

// Found by argument-dependent look-up.
inline NodeId num_vertices(const Graph& g) { return g.nodes(); }
inline Offset num_edges(const Graph& g) { return (g.edges() + g.self_loops()) / 2; }

inline auto vertices(const Graph& g) {
  expect(g.undirected(), "Boost.Graph: the graph is undirected (BuildRules::undirected)");
  return std::pair(boost::counting_iterator<NodeId>(0), boost::counting_iterator<NodeId>(g.nodes()));
}

inline auto edges(const Graph& g) {
  expect(g.undirected(), "Boost.Graph: the graph is undirected (BuildRules::undirected)");
  const CsrView& a = g.adjacency().view();
  return std::pair(boost_graph::AllEdges(a, 0), boost_graph::AllEdges(a, a.nonzeros()));
}

inline Offset out_degree(NodeId v, const Graph& g) { return Offset(g.adjacency().columns(v).size()); }

inline auto out_edges(NodeId v, const Graph& g) {
  const CsrView& a = g.adjacency().view();
  return std::pair(boost_graph::OutEdges(a, v, a.offsets[v]), boost_graph::OutEdges(a, v, a.offsets[v + 1]));
}

inline auto adjacent_vertices(NodeId v, const Graph& g) {
  const auto targets = g.adjacency().columns(v);
  return std::pair(targets.data(), targets.data() + targets.size());
}

namespace boost_graph {
inline NodeId source(const Edge& e, const Graph&) { return e.source; }
inline NodeId target(const Edge& e, const Graph&) { return e.target; }
}  // namespace boost_graph
using boost_graph::source;
using boost_graph::target;

inline boost::typed_identity_property_map<NodeId> get(boost::vertex_index_t, const Graph&) { return {}; }
inline NodeId get(boost::vertex_index_t, const Graph&, NodeId v) { return v; }
inline boost_graph::Weights get(boost::edge_weight_t, const Graph& g) { return {g.adjacency().view().values}; }
inline Real get(boost::edge_weight_t, const Graph& g, const boost_graph::Edge& e) {
  return get(get(boost::edge_weight, g), e);
}

}  // namespace pfm
