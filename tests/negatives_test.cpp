// Negatives follow their laws and keep off the edges.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/graph/distances.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/negatives.h>
#include <pfm/tests/chi_square.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace pfm;

namespace {

Graph karate() { return io::builtin("karate").all.graph; }

// Node 0 has edges to all others but `but`.
Graph star(NodeId nodes, NodeId but) {
  std::vector<Edge> edges;
  for (NodeId v = 1; v < nodes; ++v)
    if (v != but) edges.push_back({0, v});
  return build_graph(nodes, edges);
}

std::vector<NodeId> drawn(const Graph& g, NegativeRules rules, const std::vector<NodeId>& sources, Offset count) {
  std::vector<NodeId> targets(sources.size() * std::size_t(count));
  NegativeSampler(g, rules).draw(sources, count, 0, Rng(3), targets);
  return targets;
}

}  // namespace

TEST_SUITE("negatives") {
  TEST_CASE("uniform and degree^power, with and without edges") {
    const Graph g = karate();
    for (const double power : {0.0, 0.75, 1.0})
      for (const bool edges : {false, true}) {
        ChiSquare test;
        for (const NodeId u : {0, 5, 33}) {
          std::vector<double> found(34), expected(34);
          double sum = 0;
          for (NodeId v = 0; v < 34; ++v) {
            const auto row = g.adjacency().columns(u);
            if (!edges && (v == u || std::ranges::binary_search(row, v))) continue;
            sum += expected[std::size_t(v)] = std::pow(double(g.adjacency().columns(v).size()), power);
          }
          for (double& e : expected) e *= 20'000 / sum;
          for (const NodeId v : drawn(g, {power, edges}, {u}, 20'000)) ++found[std::size_t(v)];
          test.add(found, expected);
        }
        MESSAGE(fmt::format("power {}, edges {}: p-value {}", power, edges, test.p_value()));
        CHECK(test.p_value() > 1e-4);
      }
  }

  TEST_CASE("within some hops: uniform and by degree among what is there and no edge") {
    const Graph g = karate();
    for (const double power : {0.0, 0.75})
      for (const bool edges : {false, true})
        for (const std::int32_t hops : {2, 3}) {
          ChiSquare test, anywhere;
          for (const NodeId u : {16, 5, 33}) {
            const auto far = distances(g, std::vector<NodeId>{u}, hops);
            std::vector<double> found(34), expected(34), all(34);
            double sum = 0, sum_all = 0;
            for (NodeId v = 0; v < 34; ++v) {
              const auto row = g.adjacency().columns(u);
              if (!edges && (v == u || std::ranges::binary_search(row, v))) continue;
              all[std::size_t(v)] = std::pow(double(g.adjacency().columns(v).size()), power);
              if (far[std::size_t(v)] >= 0) expected[std::size_t(v)] = all[std::size_t(v)];
              sum += expected[std::size_t(v)], sum_all += all[std::size_t(v)];
            }
            for (double& e : expected) e *= 5'000 / sum;
            for (double& e : all) e *= 5'000 / sum_all;
            for (const NodeId v : drawn(g, {power, edges, hops}, {u}, 5'000)) ++found[std::size_t(v)];
            test.add(found, expected), anywhere.add(found, all);
          }
          MESSAGE(fmt::format("power {}, edges {}, {} hops: p-value {}", power, edges, hops, test.p_value()));
          CHECK(test.p_value() > 1e-4);
          CHECK(anywhere.p_value() < 1e-10);
        }
    // Sources without anything there: no edges, or a component all of whose nodes are neighbours.
    const Graph clique = build_graph(5, std::vector<Edge>{{0, 1}, {0, 2}, {1, 2}});
    for (const NodeId u : {0, 3})
      for (const NodeId v : drawn(clique, {.hops = 2}, {u}, 50)) {
        CHECK(v != u);
        CHECK((u == 3 || v > 2));
      }
    CHECK_THROWS_WITH_AS(NegativeSampler(g, {.hops = -1}), doctest::Contains("at least 0, not -1"), Error);
  }

  TEST_CASE("how many targets a source has") {
    const NegativeSampler negatives(star(30, 7), {});
    const auto counts = negatives.target_counts();
    CHECK(counts[0] == 1);
    CHECK(counts[7] == 29);
    CHECK(counts[3] == 28);
    CHECK(NegativeSampler(star(30, 7), {.power = 1}).target_counts()[3] == 27);
    CHECK(NegativeSampler(star(30, 7), {.edges = true}).target_counts()[0] == 30);
  }

  TEST_CASE("one that is hard to find, one that is not there") {
    const std::vector<NodeId> all = drawn(star(3000, 1234), {}, {0}, 50);
    CHECK(std::ranges::count(all, 1234) == 50);
    CHECK_THROWS_WITH_AS(drawn(star(30, -1), {}, {0}, 1), doctest::Contains("node 0 has an edge to every node"), Error);
    // Node 7 has no edges: by degree it cannot be drawn.
    CHECK_THROWS_AS(drawn(star(30, 7), {.power = 0.75}, {0}, 1), Error);
    CHECK_NOTHROW(drawn(star(30, -1), {.edges = true}, {0}, 1));
    CHECK_THROWS_AS(NegativeSampler(Graph::without_edges(4), {.power = 0.75}), Error);
    CHECK_THROWS_AS(NegativeSampler(karate(), {.power = -1}), Error);
    CHECK_THROWS_AS(NegativeSampler(karate(), {.power = std::numeric_limits<double>::quiet_NaN()}), Error);
  }

  TEST_CASE("the same bits at one and two threads and in pieces") {
    const Graph g = karate();
    std::vector<NodeId> sources(6000);
    for (std::size_t i = 0; i < sources.size(); ++i) sources[i] = NodeId(i % 34);
    for (const NegativeRules& rules : {NegativeRules{.power = 0.75}, NegativeRules{.hops = 2}}) {
      auto with = [&](int threads) {
        const Threads limit(threads);
        return drawn(g, rules, sources, 3);
      };
      const auto one = with(1);
      CHECK(one == with(2));
      std::vector<NodeId> rest(1000 * 3);
      NegativeSampler(g, rules).draw(std::span(sources).subspan(5000), 3, 5000, Rng(3), rest);
      CHECK(std::ranges::equal(rest, std::span(one).subspan(15000)));
    }
  }

  TEST_CASE("pairs: different ones without an edge, up to all of them") {
    const Graph g = karate();
    const Offset others = 34 * 33 / 2 - 78;
    const std::vector<Edge> pairs = negative_pairs(g, others, Rng(1));
    CHECK(std::set<Edge>(pairs.begin(), pairs.end()).size() == std::size_t(others));
    for (const Edge& e : pairs) CHECK(!std::ranges::binary_search(g.adjacency().columns(e.source), e.target));
    CHECK(negative_pairs(g, 0, Rng(1)).empty());
    CHECK_THROWS_WITH_AS(negative_pairs(g, others + 1, Rng(1)), doctest::Contains("at most 483 pairs"), Error);
  }
}
