// Walks follow their laws exactly, the same ones at any number of threads.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/graph/generators.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/edge_filter.h>
#include <pfm/sampling/step_edges.h>
#include <pfm/sampling/walks.h>
#include <pfm/tests/chi_square.h>

#include <algorithm>
#include <map>
#include <numeric>

using namespace pfm;

namespace {

bool has(const Graph& g, NodeId u, NodeId v) { return std::ranges::binary_search(g.adjacency().columns(u), v); }

// Row of chances [N] of where a walk goes from u, coming from t (-1: from nowhere), by the definition.
std::vector<double> law(const Graph& g, const WalkRules& r, NodeId t, NodeId u) {
  const auto targets = g.adjacency().columns(u);
  std::vector<double> chance(std::size_t(g.nodes()));
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const NodeId v = targets[i];
    const double weight = r.weighted && g.adjacency().weighted() ? double(g.adjacency().values(u)[i]) : 1;
    const double factor = t < 0 ? 1 : v == t ? (r.backtrack ? 1 / r.p : 0) : has(g, t, v) ? 1 : 1 / r.q;
    chance[std::size_t(v)] = weight * factor;
  }
  double sum = std::accumulate(chance.begin(), chance.end(), 0.0);
  if (sum == 0 && t >= 0) chance[std::size_t(t)] = sum = 1;
  for (double& c : chance) c /= sum;
  return chance;
}

std::vector<NodeId> from_all(const Graph& g, int times) {
  std::vector<NodeId> starts(std::size_t(g.nodes() * times));
  for (std::size_t i = 0; i < starts.size(); ++i) starts[i] = NodeId(i) % g.nodes();
  return starts;
}

std::vector<NodeId> walks_of(const Graph& g, const WalkRules& r, const std::vector<NodeId>& starts,
                             std::uint64_t seed) {
  std::vector<NodeId> walks(starts.size() * std::size_t(r.length + 1));
  Walker(g, r).walk(starts, 0, Rng(seed), walks);
  return walks;
}

// How often each node followed, for every pair (t, u) just walked.
using Counts = std::map<std::pair<NodeId, NodeId>, std::vector<double>>;
Counts counts_of(const std::vector<NodeId>& walks, Offset length, NodeId nodes) {
  Counts counts;
  for (std::size_t begin = 0; begin < walks.size(); begin += std::size_t(length + 1))
    for (Offset s = 0; s < length; ++s) {
      const NodeId t = s == 0 ? -1 : walks[begin + std::size_t(s) - 1], u = walks[begin + std::size_t(s)],
                   v = walks[begin + std::size_t(s) + 1];
      if (v < 0) break;
      auto& row = counts[{t, u}];
      row.resize(std::size_t(nodes));
      ++row[std::size_t(v)];
    }
  return counts;
}

double p_value(const Graph& g, const WalkRules& r, const Counts& counts) {
  ChiSquare test;
  for (const auto& [context, found] : counts) {
    std::vector<double> expected = law(g, r, context.first, context.second);
    const double total = std::accumulate(found.begin(), found.end(), 0.0);
    for (double& e : expected) e *= total;
    test.add(found, expected);
  }
  return test.p_value();
}

Graph karate() { return io::builtin("karate").all.graph; }

Graph karate_weighted() {
  const Graph unweighted = karate();
  const Sparse& a = unweighted.adjacency();
  std::vector<Real> weights(std::size_t(a.nonzeros()));
  for (Offset u = 0, e = 0; u < a.rows(); ++u)
    for (const NodeId v : a.columns(u)) weights[std::size_t(e++)] = Real((u * v) % 7 == 3 ? 0 : 0.25 + (u + v) % 5);
  return Graph(a.with_values(weights));
}

// With loops, one-way edges, a node without edges and one that leads nowhere.
Graph directed(bool weighted) {
  std::vector<Edge> edges;
  std::vector<Real> weights;
  const Rng rng(4);
  for (std::uint64_t i = 0; i < 160; ++i) {
    edges.push_back({NodeId(rng.below(2 * i, 29)), NodeId(rng.below(2 * i + 1, 30))});
    weights.push_back(Real(1 + i % 4));
  }
  const BuildRules rules{.undirected = false, .self_loops = BuildRules::SelfLoops::keep};
  return build_graph(31, edges, weighted ? weights : std::vector<Real>{}, rules);
}

const std::vector<std::pair<double, double>> pairs{{1, 1}, {0.25, 4}, {0.5, 2}, {4, 0.25}, {0.01, 3}, {30, 0.05}};

}  // namespace

TEST_SUITE("walks") {
  TEST_CASE("uniform, weighted, node2vec and non-backtracking walks follow their laws") {
    const std::vector<std::pair<std::string, Graph>> graphs{{"karate", karate()},
                                                            {"karate weighted", karate_weighted()},
                                                            {"directed", directed(false)},
                                                            {"directed weighted", directed(true)}};
    for (const auto& [name, graph] : graphs) {
      std::vector<WalkRules> kinds{{.backtrack = false}, {.weighted = false}};
      for (const auto& [p, q] : pairs) kinds.push_back({.p = p, .q = q});
      for (WalkRules& r : kinds) {
        r.length = 30;
        const double p =
            p_value(graph, r, counts_of(walks_of(graph, r, from_all(graph, 400), 7), r.length, graph.nodes()));
        MESSAGE(fmt::format("{} p {} q {} backtrack {} weighted {}: p-value {}", name, r.p, r.q, r.backtrack,
                            r.weighted, p));
        CHECK(p > 1e-4);
      }
    }
  }

  // Draws under the bound max(1, 1 / p) as if far nodes could not be likelier: what some public samplers do.
  TEST_CASE("the test finds a wrong acceptance rule") {
    const Graph g = karate();
    const WalkRules r{.length = 30, .p = 4, .q = 0.25};
    const std::vector<NodeId> starts = from_all(g, 400);
    std::vector<NodeId> walks;
    std::uint64_t draws = 0;
    const Rng rng(9);
    for (const NodeId start : starts) {
      walks.push_back(start);
      for (NodeId t = -1, u = start, s = 0; s < r.length; ++s) {
        const auto targets = g.adjacency().columns(u);
        for (;;) {
          const NodeId v = targets[rng.below(draws++, targets.size())];
          const double factor = t < 0 ? 1 : v == t ? 1 / r.p : has(g, t, v) ? 1 : 1 / r.q;
          if (rng.uniform(draws++) * std::max(1.0, 1 / r.p) >= factor) continue;
          t = u, u = v;
          break;
        }
        walks.push_back(u);
      }
    }
    CHECK(p_value(g, r, counts_of(walks, r.length, g.nodes())) < 1e-10);
  }

  TEST_CASE("restart: home with its chance, else on; from dead ends always") {
    for (const auto& [p, backtrack] : {std::pair{1.0, true}, {1.0, false}, {0.5, true}}) {
      const Graph g = karate();
      const WalkRules r{.length = 200, .p = p, .restart = 0.3, .backtrack = backtrack};
      const NodeId home = 5;
      const std::vector<NodeId> starts(2000, home), walks = walks_of(g, r, starts, 3);
      // From a node that is not next to home, going there is jumping.
      double jumps = 0, steps = 0;
      for (std::size_t i = 0; i + 1 < walks.size(); ++i) {
        if (i % 201 == 200 || walks[i] == home || has(g, walks[i], home)) continue;
        ++steps, jumps += walks[i + 1] == home;
      }
      ChiSquare test;
      test.add({jumps, steps - jumps}, {0.3 * steps, 0.7 * steps});
      INFO("p-value " << test.p_value());
      CHECK(test.p_value() > 1e-4);
      CHECK(steps > 10'000);
    }
    const Graph path = build_graph(3, std::vector<Edge>{{0, 1}}, {}, {.undirected = false});
    CHECK(walks_of(path, {.length = 3, .restart = 0.01}, {0, 2}, 1) == std::vector<NodeId>{0, 1, 0, 1, 2, 2, 2, 2});
  }

  TEST_CASE("walks end where they cannot go on; without backtracking they turn only where there is nothing else") {
    const Graph path = build_graph(4, std::vector<Edge>{{0, 1}, {1, 2}}, {}, {.undirected = false});
    const Graph both = build_graph(4, std::vector<Edge>{{0, 1}, {1, 2}});
    for (const double q : {1.0, 2.0})
      CHECK(walks_of(path, {.length = 3, .q = q}, {0, 3}, 1) == std::vector<NodeId>{0, 1, 2, -1, 3, -1, -1, -1});
    CHECK(walks_of(both, {.length = 5, .backtrack = false}, {0}, 1) == std::vector<NodeId>{0, 1, 2, 1, 0, 1});
    const Graph nothing(both.adjacency().with_values({0, 0, 0, 0}));
    for (const double q : {1.0, 2.0})
      CHECK(walks_of(nothing, {.length = 2, .q = q}, {1}, 1) == std::vector<NodeId>{1, -1, -1});
  }

  TEST_CASE("along a meta-path each step takes an edge of its type") {
    // 0, 1 write papers 2, 3, 4, which appear at 5 and 6.
    const std::vector<Edge> edges{{0, 2}, {0, 3}, {1, 4}, {2, 0}, {2, 5}, {3, 0},
                                  {3, 5}, {4, 1}, {4, 6}, {5, 2}, {5, 3}, {6, 4}};
    const std::vector<std::int32_t> types{0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1};
    const Graph untyped = build_graph(7, edges, {}, {.undirected = false});
    const Graph g(untyped.adjacency(), {}, types);
    const WalkRules r{.length = 8, .metapath = {0, 1, 1, 0}};
    const std::vector<NodeId> walks = walks_of(g, r, std::vector<NodeId>(4000, 0), 2);
    double third = 0;
    for (std::size_t i = 0; i < walks.size(); i += 9) {
      const std::vector<NodeId> walk(walks.begin() + Offset(i), walks.begin() + Offset(i) + 9);
      for (const std::size_t s : {0, 4, 8}) CHECK(walk[s] == 0);
      CHECK(walk[2] == 5);
      third += walk[3] == 2;
    }
    ChiSquare test;
    test.add({third, 4000 - third}, {2000, 2000});
    CHECK(test.p_value() > 1e-4);
    CHECK(walks_of(g, r, {2}, 1)[1] == 0);
    CHECK(walks_of(g, {.length = 2, .metapath = {1}}, {0}, 1) == std::vector<NodeId>{0, -1, -1});
    CHECK_THROWS_WITH_AS(Walker(g, {.metapath = {2}}), doctest::Contains("no edges of type 2"), Error);
    CHECK_THROWS_WITH_AS(Walker(g, {.q = 2, .metapath = {0}}), doctest::Contains("meta-path"), Error);
  }

  TEST_CASE("the same bits at one and two threads, in one call or in several") {
    const Graph g = graph_of(rmat({.scale = 10, .edges = 8000}, Rng(1)));
    for (const WalkRules& r :
         {WalkRules{.length = 20}, {.length = 19, .p = 0.25, .q = 4}, {.length = 20, .q = 0.3, .restart = 0.1}}) {
      const std::vector<NodeId> starts = from_all(g, 3);
      auto walks = [&](int threads, std::size_t piece) {
        const Threads limit(threads);
        const Walker walker(g, r);
        std::vector<NodeId> all(starts.size() * std::size_t(r.length + 1));
        for (std::size_t i = 0; i < starts.size(); i += piece) {
          const std::size_t count = std::min(piece, starts.size() - i), row = std::size_t(r.length + 1);
          walker.walk(std::span(starts).subspan(i, count), Offset(i), Rng(5),
                      std::span(all).subspan(i * row, count * row));
        }
        return all;
      };
      const auto one = walks(1, starts.size());
      CHECK(one == walks(2, starts.size()));
      CHECK(one == walks(2, 77));
      CHECK(one != walks_of(g, r, starts, 6));
    }
    CHECK(walks_of(g, {.length = 9}, from_all(g, 1), 1) ==
          walks_of(g, {.length = 9, .p = 1, .q = 1}, from_all(g, 1), 1));
  }

  TEST_CASE("a hub of 300,000 neighbours costs no more than others") {
    std::vector<Edge> edges;
    for (NodeId v = 1; v <= 300'000; ++v) edges.push_back({0, v}), edges.push_back({v, v % 300'000 + 1});
    const Graph g = build_graph(300'001, edges);
    for (const auto& [p, q] : {std::pair{1e-3, 1e3}, {1e3, 1e-3}, {1.0, 1e3}}) {
      const auto walks = walks_of(g, {.length = 40, .p = p, .q = q}, std::vector<NodeId>(200, 0), 1);
      CHECK(std::ranges::min(walks) >= 0);
    }
  }

  TEST_CASE("edges are found from any guess; the filter never hides one and seldom invents one") {
    const Graph g = graph_of(rmat({.scale = 11, .edges = 60'000}, Rng(2)));
    const StepEdges edges(g.adjacency(), false);
    const EdgeFilter filter(g.adjacency());
    const Rng rng(8);
    int asked = 0, invented = 0;
    for (std::uint64_t i = 0; i < 40'000; ++i) {
      const auto u = NodeId(rng.below(3 * i, 2048)), v = NodeId(rng.below(3 * i + 1, 2048));
      const bool there = has(g, u, v);
      CHECK(edges.has(u, v, edges.guess(u, v)) == there);
      if (edges.degree(u) == 0) continue;
      CHECK(edges.has(u, v, edges.begin(u) + Offset(rng.below(3 * i + 2, std::uint64_t(edges.degree(u))))) == there);
      const bool may = filter.place(u, v).holds();
      if (there) CHECK(may);
      if (!there) ++asked, invented += may;
    }
    for (NodeId u = 0; u < g.nodes(); ++u)
      for (const NodeId v : g.adjacency().columns(u)) CHECK(filter.place(u, v).holds());
    INFO(invented << " of " << asked);
    CHECK(invented < asked / 10);
  }

  TEST_CASE("rules out of range are refused") {
    const Graph g = karate();
    for (const auto& [rules, text] : std::vector<std::pair<WalkRules, std::string>>{
             {{.length = 0}, "at least 1 step, not 0"},
             {{.p = 0}, "p above 0, not 0"},
             {{.p = -1}, "p above 0"},
             {{.p = std::numeric_limits<double>::quiet_NaN()}, "p above 0, not nan"},
             {{.q = std::numeric_limits<double>::infinity()}, "q above 0, not inf"},
             {{.restart = 1}, "restart in [0, 1), not 1"},
             {{.p = 2, .backtrack = false}, "backtracking"}})
      CHECK_THROWS_WITH_AS(Walker(g, rules), doctest::Contains(text.c_str()), Error);
    for (const Real bad : {Real(-1), std::numeric_limits<Real>::quiet_NaN()}) {
      std::vector<Real> weights(std::size_t(g.edges()), 1);
      weights[3] = bad;
      const Graph wrong(g.adjacency().with_values(weights));
      CHECK_THROWS_WITH_AS(Walker(wrong, {}), doctest::Contains("finite and not negative"), Error);
      CHECK_NOTHROW(Walker(wrong, {.weighted = false}));
    }
  }
}
