// Boost.Graph's algorithms run on Graph as it is.
#include <doctest/doctest.h>
#include <pfm/graph/boost.h>
#include <pfm/graph/build.h>
#include <pfm/graph/components.h>
#include <pfm/kernels/random.h>

#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/connected_components.hpp>
#include <boost/graph/dijkstra_shortest_paths.hpp>
#include <boost/graph/graph_concepts.hpp>
#include <boost/graph/kruskal_min_spanning_tree.hpp>
#include <boost/graph/prim_minimum_spanning_tree.hpp>

using namespace pfm;

BOOST_CONCEPT_ASSERT((boost::VertexListGraphConcept<Graph>));
BOOST_CONCEPT_ASSERT((boost::EdgeListGraphConcept<Graph>));
BOOST_CONCEPT_ASSERT((boost::IncidenceGraphConcept<Graph>));
BOOST_CONCEPT_ASSERT((boost::AdjacencyGraphConcept<Graph>));
BOOST_CONCEPT_ASSERT((boost::ReadablePropertyGraphConcept<Graph, NodeId, boost::vertex_index_t>));

// A square 0-1-2-3 with a cheap diagonal 0-2, a pair 4-5, node 6 alone with a loop.
static Graph example() {
  return build_graph(7, std::vector<Edge>{{0, 1}, {1, 2}, {2, 3}, {3, 0}, {0, 2}, {4, 5}, {6, 6}},
                     std::vector<Real>{3, 4, 5, 6, 1, 2, 9}, {.self_loops = BuildRules::SelfLoops::keep});
}

TEST_SUITE("graph") {
  TEST_CASE("edges come once, out-edges from both ends") {
    const Graph g = example();
    CHECK(num_vertices(g) == 7);
    CHECK(num_edges(g) == 7);
    const auto [first, last] = edges(g);
    CHECK(std::distance(first, last) == 7);
    CHECK(out_degree(0, g) == 3);
    const auto [begin, end] = out_edges(2, g);
    CHECK(source(*begin, g) == 2);
    CHECK(target(*begin, g) == 0);
    CHECK(*begin == *(out_edges(0, g).first + 1));
    CHECK(end - begin == 3);
  }
  TEST_CASE("connected components") {
    std::vector<int> of(7);
    CHECK(boost::connected_components(example(), of.data()) == 3);
    CHECK(of == std::vector<int>{0, 0, 0, 0, 1, 1, 2});
    CHECK(components(example()).of == std::vector<NodeId>{0, 0, 0, 0, 1, 1, 2});
    // Directed edges count in both directions; nothing is one component of nothing.
    CHECK(components(build_graph(3, std::vector<Edge>{{0, 2}, {1, 2}}, {}, {.undirected = false})).count == 1);
    CHECK(components(Graph()).count == 0);
    CHECK(components(Graph::without_edges(3)).count == 3);
    std::vector<Edge> path;
    for (NodeId v = 0; v + 1 < 100000; ++v) path.push_back({v, v + 1});
    CHECK(components(build_graph(100000, path)).count == 1);
  }
  TEST_CASE("components of a random graph: one large, many small, edges stored both ways or one way") {
    for (bool undirected : {true, false})
      for (double degree : {0.5, 1.2, 4.0}) {
        const NodeId n = 200000;
        std::vector<Edge> edges;
        for (NodeId i = 0; i < degree * n / 2; ++i)
          edges.push_back(
              {NodeId(Rng(1).below(2 * std::uint64_t(i), n)), NodeId(Rng(1).below(2 * std::uint64_t(i) + 1, n))});
        std::vector<int> of(n);
        const int count = boost::connected_components(build_graph(n, edges), of.data());
        const Components found = components(build_graph(n, edges, {}, {.undirected = undirected}));
        CHECK(found.count == count);
        CHECK(found.of == of);
      }
  }
  TEST_CASE("breadth-first search and shortest paths") {
    const Graph g = example();
    std::vector<int> distance(7, -1);
    distance[1] = 0;
    boost::breadth_first_search(
        g, 1, boost::visitor(boost::make_bfs_visitor(boost::record_distances(distance.data(), boost::on_tree_edge()))));
    CHECK(distance == std::vector<int>{1, 0, 1, 2, -1, -1, -1});
    std::vector<double> length(7);
    boost::dijkstra_shortest_paths(g, 1, boost::distance_map(length.data()));
    CHECK(length[2] == 4);
    CHECK(length[3] == 9);
  }
  TEST_CASE("minimum spanning trees") {
    std::vector<boost_graph::Edge> tree;
    boost::kruskal_minimum_spanning_tree(example(), std::back_inserter(tree));
    Real total = 0;
    for (const auto& e : tree) total += get(boost::edge_weight, example(), e);
    CHECK(tree.size() == 4);
    CHECK(total == 1 + 2 + 3 + 5);
    std::vector<NodeId> parent(7);
    boost::prim_minimum_spanning_tree(example(), parent.data());
    CHECK(parent == std::vector<NodeId>{0, 0, 0, 2, 4, 5, 6});
  }
  TEST_CASE("a directed graph is refused") {
    const Graph g = build_graph(2, std::vector<Edge>{{0, 1}}, {}, {.undirected = false});
    CHECK_THROWS_AS(vertices(g), std::logic_error);
  }
}
