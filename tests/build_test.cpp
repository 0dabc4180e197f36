// Edge lists become graphs by the rules they state.
#include <doctest/doctest.h>
#include <pfm/graph/build.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/random.h>

#include <map>

using namespace pfm;

static std::vector<NodeId> targets(const Graph& g, NodeId v) {
  const auto row = g.adjacency().columns(v);
  return {row.begin(), row.end()};
}

TEST_SUITE("graph") {
  TEST_CASE("rows are sorted, merged and symmetrised") {
    const Graph g = build_graph(4, std::vector<Edge>{{2, 0}, {0, 1}, {0, 2}, {1, 1}, {0, 1}});
    CHECK(targets(g, 0) == std::vector<NodeId>{1, 2});
    CHECK(targets(g, 1) == std::vector<NodeId>{0});
    CHECK(targets(g, 2) == std::vector<NodeId>{0});
    CHECK(targets(g, 3).empty());
    CHECK(g.undirected());
    CHECK(!g.adjacency().weighted());
  }
  TEST_CASE("self-loops and directions by rule") {
    const std::vector<Edge> edges{{1, 1}, {0, 1}, {1, 1}};
    const Graph loops = build_graph(2, edges, {}, {.self_loops = BuildRules::SelfLoops::keep});
    CHECK(loops.self_loops() == 1);
    CHECK(loops.edges() == 3);
    const Graph directed = build_graph(2, edges, {}, {.undirected = false});
    CHECK(directed.edges() == 1);
    CHECK(!directed.undirected());
  }
  TEST_CASE("weights of repetitions: the first or the sum, the same in both directions") {
    const std::vector<Edge> edges{{0, 1}, {1, 0}, {0, 1}};
    const std::vector<Real> weights{2, 3, 4};
    CHECK(build_graph(2, edges, weights).adjacency().values(1)[0] == 2);
    const Graph sum = build_graph(2, edges, weights, {.duplicates = BuildRules::Duplicates::sum});
    CHECK(sum.adjacency().values(0)[0] == 9);
    CHECK(sum.adjacency().values(1)[0] == 9);
  }
  TEST_CASE("origin names the first given edge of each entry") {
    std::vector<Offset> origin;
    const std::vector<Edge> edges{{2, 1}, {0, 1}, {1, 0}, {1, 2}};
    const Graph g = build_graph(3, edges, {}, {}, &origin);
    CHECK(g.edges() == 4);
    CHECK(origin == std::vector<Offset>{1, 1, 0, 0});
  }
  TEST_CASE("against a map, on random lists larger than a block") {
    constexpr NodeId nodes = 10000;
    std::vector<Edge> edges;
    std::vector<Real> weights;
    for (std::uint64_t i = 0; i < 60000; ++i) {
      edges.push_back({NodeId(Rng(1).below(i, nodes)), NodeId(Rng(2).below(i, 50))});  // many repetitions, hubs
      weights.push_back(Real(i % 5));
    }
    const BuildRules rules{
        .undirected = true, .self_loops = BuildRules::SelfLoops::keep, .duplicates = BuildRules::Duplicates::sum};
    std::map<std::pair<NodeId, NodeId>, Real> expected;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      const auto [u, v] = edges[i];
      expected[{u, v}] += weights[i];
      if (u != v) expected[{v, u}] += weights[i];
    }
    const Graph g = build_graph(nodes, edges, weights, rules);
    const Graph bare = build_graph(nodes, edges, {}, rules);
    REQUIRE(g.edges() == Offset(expected.size()));
    REQUIRE(bare.edges() == g.edges());
    auto next = expected.begin();
    bool equal = true;
    for (NodeId v = 0; v < nodes; ++v)
      for (std::size_t e = 0; e < g.adjacency().columns(v).size(); ++e, ++next)
        equal = equal && next->first == std::pair(v, g.adjacency().columns(v)[e]) &&
                next->second == g.adjacency().values(v)[e] && bare.adjacency().columns(v)[e] == next->first.second;
    CHECK(equal);
  }
  TEST_CASE("graphs without nodes or edges; broken expectations") {
    CHECK(build_graph(0, {}).nodes() == 0);
    CHECK(build_graph(3, {}).edges() == 0);
    CHECK(build_graph(1, std::vector<Edge>{{0, 0}}).edges() == 0);
    CHECK_THROWS_AS(build_graph(2, std::vector<Edge>{{0, 2}}), std::logic_error);
    CHECK_THROWS_AS(build_graph(2, std::vector<Edge>{{-1, 0}}), std::logic_error);
    CHECK_THROWS_AS(build_graph(2, std::vector<Edge>{{0, 1}}, std::vector<Real>{Real(0.0 / 0.0)}), std::logic_error);
  }
}
