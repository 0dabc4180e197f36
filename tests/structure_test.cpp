// What graphs are like: cores, distances, triangles, colours, blocks, matchings. Numbers named "by networkx" come from
// networkx 3.6.1 on the same edges.
#include <doctest/doctest.h>
#include <pfm/graph/biconnected.h>
#include <pfm/graph/boost.h>
#include <pfm/graph/build.h>
#include <pfm/graph/components.h>
#include <pfm/graph/cores.h>
#include <pfm/graph/degrees.h>
#include <pfm/graph/distances.h>
#include <pfm/graph/matching.h>
#include <pfm/graph/metapath.h>
#include <pfm/graph/symmetrise.h>
#include <pfm/graph/triangles.h>
#include <pfm/graph/wl_colours.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/random.h>

#include <boost/graph/connected_components.hpp>
#include <boost/graph/isomorphism.hpp>
#include <set>

using namespace pfm;

namespace {

constexpr BuildRules as_listed{.undirected = false, .self_loops = BuildRules::SelfLoops::keep};

std::vector<Edge> random_edges(NodeId nodes, Offset count, std::uint64_t seed) {
  const Rng rng(seed);
  std::vector<Edge> edges;
  for (Offset i = 0; i < count; ++i)
    edges.push_back({NodeId(rng.below(std::uint64_t(2 * i), std::uint64_t(nodes))),
                     NodeId(rng.below(std::uint64_t(2 * i + 1), std::uint64_t(nodes)))});
  return edges;
}

std::vector<NodeId> row(const Sparse& a, Offset i) { return {a.columns(i).begin(), a.columns(i).end()}; }

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("pairs, loops and isolated nodes of directed and undirected graphs, counted as sets count them") {
    for (const bool undirected : {false, true})
      for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto edges = random_edges(30, 25 + Offset(seed), seed);
        const Graph g =
            build_graph(30, edges, {}, {.undirected = undirected, .self_loops = BuildRules::SelfLoops::keep});
        std::set<Edge> pairs, loops;
        std::set<NodeId> touched;
        for (const Edge e : edges) {
          if (e.source == e.target)
            loops.insert(e);
          else
            pairs.insert({std::min(e.source, e.target), std::max(e.source, e.target)});
          touched.insert(e.source), touched.insert(e.target);
        }
        CHECK(g.pairs() == std::vector<Edge>(pairs.begin(), pairs.end()));
        CHECK(g.pair_count() == Offset(pairs.size()));
        CHECK(g.self_loops() == Offset(loops.size()));
        CHECK(degrees(g).isolated == 30 - NodeId(touched.size()));
      }
    const Graph repeated(Sparse(3, 3, {0, 3, 4, 4}, {1, 1, 2, 0}));  // 0 -> 1 twice, 0 -> 2, 1 -> 0
    CHECK(repeated.pairs() == std::vector<Edge>{{0, 1}, {0, 2}});
    CHECK(repeated.pair_count() == 2);
  }
  TEST_CASE("a matrix knows that it equals its transpose without making that") {
    CHECK(Sparse(2, 2, {0, 1, 2}, {1, 0}).symmetric());
    CHECK(Sparse(2, 2, {0, 1, 2}, {1, 0}, {3, 3}).symmetric());
    CHECK(!Sparse(2, 2, {0, 1, 2}, {1, 0}, {3, 4}).symmetric());
    CHECK(!Sparse(2, 2, {0, 1, 1}, {1}).symmetric());
    CHECK(!Sparse(2, 2, {0, 0, 1}, {0}).symmetric());
    CHECK(!Sparse(2, 3, {0, 0, 0}, {}).symmetric());
    CHECK(!Sparse(2, 2, {0, 2, 3}, {1, 1, 0}).symmetric());  // 0 -> 1 twice, back once
    CHECK(Sparse(2, 2, {0, 2, 4}, {1, 1, 0, 0}).symmetric());
  }
  TEST_CASE("components by union-find are those of a search, and the same at any number of threads") {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const auto edges = random_edges(20000, 9000 + 1000 * Offset(seed), seed);
      const Graph g = build_graph(20000, edges), directed = build_graph(20000, edges, {}, as_listed);
      std::vector<NodeId> of(20000);
      const int count = boost::connected_components(g, of.data());
      for (const int threads : {1, 2}) {
        const Threads limit(threads);
        for (const Graph& graph : {g, directed}) {
          const Components found = components(graph);
          CHECK(found.count == count);
          CHECK(found.of == of);
        }
      }
    }
  }
  TEST_CASE("symmetrised: both directions, the smaller source's entry or the sum") {
    const Graph g =
        build_graph(4, std::vector<Edge>{{0, 1}, {1, 0}, {2, 0}, {3, 3}}, std::vector<Real>{1, 2, 4, 8}, as_listed);
    const Graph first = symmetrised(g), sum = symmetrised(g, BuildRules::Duplicates::sum);
    CHECK(first.undirected());
    CHECK(row(first.adjacency(), 0) == std::vector<NodeId>{1, 2});
    CHECK(std::ranges::equal(first.adjacency().view().values, std::vector<Real>{1, 4, 1, 4, 8}));
    CHECK(std::ranges::equal(sum.adjacency().view().values, std::vector<Real>{3, 4, 3, 4, 8}));
    const auto edges = random_edges(200, 700, 3);
    const Graph expected = build_graph(200, edges, {}, {.self_loops = BuildRules::SelfLoops::keep});
    const Graph found = symmetrised(build_graph(200, edges, {}, as_listed));
    CHECK(std::ranges::equal(found.adjacency().view().columns, expected.adjacency().view().columns));
    CHECK(std::ranges::equal(found.adjacency().view().offsets, expected.adjacency().view().offsets));
    CHECK(found.adjacency().transpose().symmetric());
  }
  TEST_CASE("symmetrised keeps types apart and attributes with their edge") {
    // 0 -> 1 of types 0 and 1, 1 -> 0 of type 1: three edges, of which types and attributes tell which.
    Matrix attributes(3, 1, {10, 20, 30});
    const Graph g(Sparse(2, 2, {0, 2, 3}, {1, 1, 0}), std::move(attributes), {0, 1, 1});
    const Graph both = symmetrised(g);
    CHECK(both.edges() == 4);
    CHECK(std::ranges::equal(both.edge_types(), std::vector<std::int32_t>{0, 1, 0, 1}));
    CHECK(std::ranges::equal(both.edge_attributes().values(), std::vector<Real>{10, 20, 10, 20}));
  }
  TEST_CASE("core numbers") {
    const std::vector<NodeId> karate{4, 4, 4, 4, 3, 3, 3, 4, 4, 2, 3, 1, 2, 4, 2, 2, 2,
                                     2, 2, 3, 2, 2, 2, 3, 3, 3, 2, 3, 3, 3, 4, 3, 4, 4};  // by networkx
    CHECK(core_numbers(io::builtin("karate").all.graph) == karate);
    // A tail 0-1-2 at a square with both diagonals 2..5, a loop, a node alone.
    const Graph g =
        build_graph(7, std::vector<Edge>{{0, 1}, {1, 2}, {2, 3}, {2, 4}, {2, 5}, {3, 4}, {3, 5}, {4, 5}, {0, 0}}, {},
                    {.self_loops = BuildRules::SelfLoops::keep});
    CHECK(core_numbers(g) == std::vector<NodeId>{1, 1, 3, 3, 3, 3, 0});
    CHECK(core_numbers(Graph()).empty());
    CHECK_THROWS_AS(core_numbers(build_graph(2, std::vector<Edge>{{0, 1}}, {}, as_listed)), std::logic_error);
  }
  TEST_CASE("distances from several sources, along the direction, up to a limit") {
    const std::vector<std::int32_t> karate{2, 3, 3, 3, 2, 1, 1, 3, 2, 2, 2, 3, 3, 2, 2, 2, 0,
                                           3, 2, 2, 2, 3, 2, 2, 3, 3, 0, 2, 2, 1, 2, 2, 2, 1};  // by networkx
    const Graph g = io::builtin("karate").all.graph;
    CHECK(distances(g, std::vector<NodeId>{16, 26, 16}) == karate);
    const Graph path = build_graph(5, std::vector<Edge>{{0, 1}, {1, 2}, {2, 3}, {4, 3}}, {}, as_listed);
    CHECK(distances(path, std::vector<NodeId>{0}) == std::vector<std::int32_t>{0, 1, 2, 3, -1});
    CHECK(distances(path, std::vector<NodeId>{0}, 2) == std::vector<std::int32_t>{0, 1, 2, -1, -1});
    CHECK(distances(path, std::vector<NodeId>{0}, 0) == std::vector<std::int32_t>{0, -1, -1, -1, -1});
    CHECK(distances(path, {}) == std::vector<std::int32_t>(5, -1));
    CHECK_THROWS_AS(distances(path, std::vector<NodeId>{5}), std::logic_error);
  }
  TEST_CASE("triangles and clustering") {
    const Triangles t = triangles(io::builtin("karate").all.graph);
    CHECK(t.count == 45);                                                  // by networkx
    CHECK(t.average_clustering() == doctest::Approx(0.5706384782076823));  // by networkx
    CHECK(t.transitivity() == doctest::Approx(0.2556818181818182));        // by networkx
    // A square with one diagonal, a loop on a corner of it.
    const Triangles square = triangles(build_graph(4, std::vector<Edge>{{0, 1}, {1, 2}, {2, 3}, {3, 0}, {0, 2}, {0, 0}},
                                                   {}, {.self_loops = BuildRules::SelfLoops::keep}));
    CHECK(square.of == std::vector<Offset>{2, 1, 2, 1});
    CHECK(square.count == 2);
    CHECK(square.clustering() == std::vector<double>{2.0 / 3, 1, 2.0 / 3, 1});
    CHECK(triangles(Graph()).average_clustering() == 0);
    std::vector<Edge> all;
    for (NodeId u = 0; u < 300; ++u)
      for (NodeId v = u + 1; v < 300; ++v) all.push_back({u, v});
    for (const int threads : {1, 2}) {
      const Threads limit(threads);
      CHECK(triangles(build_graph(300, all)).count == 300 * 299 * 298 / 6);
    }
  }
  TEST_CASE("colours do not depend on the order of nodes") {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
      const auto edges = random_edges(40, 60, seed);
      const auto order = permutation(40, Rng(seed + 100));
      std::vector<Edge> renamed;
      for (const Edge e : edges) renamed.push_back({order[e.source], order[e.target]});
      const Graph one = build_graph(40, edges), two = build_graph(40, renamed);
      CHECK(boost::isomorphism(one, two));
      const WlColours a = wl_colours(one, {}, 3), b = wl_colours(two, {}, 3);
      CHECK(a.counts == b.counts);
      for (std::size_t round = 0; round < a.of.size(); ++round)
        for (NodeId v = 0; v < 40; ++v) CHECK(a.of[round][v] == b.of[round][order[v]]);
    }
  }
  TEST_CASE("colours: numbered by rank, refined by neighbours, blind to what the test is blind to") {
    const Graph path = build_graph(4, std::vector<Edge>{{0, 1}, {1, 2}, {2, 3}});
    const WlColours plain = wl_colours(path, {}, 1);
    CHECK(plain.of[1] == std::vector<NodeId>{0, 1, 1, 0});  // degree 1 before degree 2
    const WlColours labelled = wl_colours(path, std::vector<std::int32_t>{70, -5, -5, -5}, 2);
    CHECK(labelled.of[0] == std::vector<NodeId>{1, 0, 0, 0});
    CHECK(labelled.counts == std::vector<NodeId>{2, 4, 4});
    CHECK(labelled.of[1] == std::vector<NodeId>{3, 2, 1, 0});
    // A ring of six and two triangles: alike to the colours, and yet not the same graph.
    const Graph ring = build_graph(6, std::vector<Edge>{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 0}});
    const Graph twice = build_graph(6, std::vector<Edge>{{0, 1}, {1, 2}, {2, 0}, {3, 4}, {4, 5}, {5, 3}});
    CHECK(!boost::isomorphism(ring, twice));
    CHECK(wl_colours(ring, {}, 4).of == wl_colours(twice, {}, 4).of);
    const Sparse rows = wl_histograms(plain, std::vector<Offset>{0, 1, 1, 4});
    CHECK(rows.rows() == 3);
    CHECK(rows.cols() == 3);
    CHECK(row(rows, 0) == std::vector<NodeId>{0, 1});
    CHECK(row(rows, 1).empty());
    CHECK(std::ranges::equal(rows.values(2), std::vector<Real>{3, 1, 2}));
  }
  TEST_CASE("blocks and articulation points") {
    const Graph karate = io::builtin("karate").all.graph;
    const Biconnected blocks = biconnected_components(karate);
    CHECK(blocks.count == 3);                              // by networkx
    CHECK(blocks.articulation == std::vector<NodeId>{0});  // by networkx
    // Two triangles at node 2, a bridge 4-5, a loop.
    const Graph g = build_graph(6, std::vector<Edge>{{0, 1}, {1, 2}, {2, 0}, {2, 3}, {3, 4}, {4, 2}, {4, 5}, {1, 1}},
                                {}, {.self_loops = BuildRules::SelfLoops::keep});
    const Biconnected found = biconnected_components(g);
    CHECK(found.count == 3);
    CHECK(found.articulation == std::vector<NodeId>{2, 4});
    CHECK(found.of_entry == std::vector<NodeId>{0, 0, 0, -1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2});
  }
  TEST_CASE("the largest matching") {
    const Graph karate = io::builtin("karate").all.graph;
    const std::vector<NodeId> partner = maximum_matching(karate);
    int pairs = 0;
    for (NodeId v = 0; v < karate.nodes(); ++v) {
      if (partner[v] < 0) continue;
      CHECK(partner[partner[v]] == v);
      CHECK(std::ranges::binary_search(karate.adjacency().columns(v), partner[v]));
      pairs += v < partner[v];
    }
    CHECK(pairs == 13);  // by networkx
    const Graph ring = build_graph(5, std::vector<Edge>{{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 0}, {2, 2}}, {},
                                   {.self_loops = BuildRules::SelfLoops::keep});
    CHECK(std::ranges::count(maximum_matching(ring), -1) == 1);
    CHECK(maximum_matching(Graph()).empty());
  }
  TEST_CASE("meta-paths join what relations lead to") {
    // Authors 0..2, papers 3..5, a subject 6. Author 0 wrote papers 3 and 4, author 1 paper 4, author 2 paper 5.
    Types types;
    types.nodes = {"author", "paper", "subject"};
    types.node_ptr = {0, 3, 6, 7};
    types.relations = {{"writes", 0, 1, true}, {"about", 1, 2, false}};
    const Graph g = build_relations(types, {{0, 3, 0}, {0, 4, 0}, {1, 4, 0}, {2, 5, 0}, {3, 6, 1}, {5, 6, 1}});
    const Sparse together = metapath(g, types, std::vector<PathStep>{{0}, {0, true}});
    CHECK(!together.weighted());
    CHECK(together.rows() == 3);
    CHECK(row(together, 0) == std::vector<NodeId>{0, 1});
    CHECK(row(together, 1) == std::vector<NodeId>{0, 1});
    CHECK(row(together, 2) == std::vector<NodeId>{2});
    const Sparse subject = metapath(g, types, std::vector<PathStep>{{0}, {1}, {1, true}, {0, true}});
    CHECK(row(subject, 0) == std::vector<NodeId>{0, 2});
    CHECK(row(subject, 1).empty());
    CHECK_THROWS_AS(metapath(g, types, std::vector<PathStep>{{0}, {0}}), std::logic_error);
  }
}
