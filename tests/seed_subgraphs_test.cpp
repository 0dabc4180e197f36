// A segment per seed: ego nets, walks with restart, ShaDow.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/graph/distances.h>
#include <pfm/graph/generators.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/ego_nets.h>
#include <pfm/sampling/restart_subgraphs.h>
#include <pfm/sampling/shadow.h>
#include <pfm/tests/chi_square.h>
#include <pfm/tests/same_dataset.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

using namespace pfm;

namespace {

using Nodes = std::vector<NodeId>;
using Law = std::map<Nodes, double>;

Batch batch_of(const Graph& graph) {
  Batch all;
  all.graph = graph;
  all.x = Features::identity(graph.nodes());
  return all;
}

Batch karate() { return io::builtin("karate").all; }

// One-way edges that carry {source, target}, nodes without any, ids of their own; 0 has edges to and from all others.
Batch directed() {
  std::vector<Edge> edges;
  const Rng rng(4);
  for (std::uint64_t i = 0; i < 900; ++i)
    edges.push_back({NodeId(rng.below(2 * i, 300)), NodeId(rng.below(2 * i + 1, 300))});
  for (NodeId v = 1; v < 300; ++v) edges.push_back({0, v}), edges.push_back({v, 0});
  const Sparse a = build_graph(302, edges, {}, {.undirected = false}).adjacency();
  Matrix carried(a.nonzeros(), 2);
  std::vector<std::int32_t> types;
  std::vector<Real> weights;
  Offset e = 0;
  for (NodeId u = 0; u < 302; ++u)
    for (const NodeId v : a.columns(u)) {
      carried(e, 0) = Real(u), carried(e++, 1) = Real(v);
      types.push_back((u + v) % 3), weights.push_back(Real(1 + (2 * u + v) % 5));
    }
  Batch all = batch_of(Graph(a.with_values(weights), std::move(carried), std::move(types)));
  for (NodeId v = 0; v < 302; ++v) all.ids.push_back(1000 + v);
  return all;
}

Nodes segment(const Batch& b, std::size_t s) {
  return {b.ids.begin() + b.segments[s], b.ids.begin() + b.segments[s + 1]};
}

using Sampler = std::function<Batch(std::span<const NodeId>, const Rng&)>;

struct Named {
  const char* name;
  std::function<Sampler(const Batch&)> of;
};

const std::vector<Named>& samplers() {
  static const std::vector<Named> all{
      {"ego nets",
       [](const Batch& b) -> Sampler {
         return [s = EgoNets(Subgraphs(b), {.hops = 2, .most = 40})](auto seeds, auto& rng) {
           return s.sample(seeds, rng);
         };
       }},
      {"restart",
       [](const Batch& b) -> Sampler {
         return [s = RestartSubgraphs(Subgraphs(b), {.restart = 0.5, .steps = 60, .most = 20})](auto seeds, auto& rng) {
           return s.sample(seeds, rng);
         };
       }},
      {"ShaDow",
       [](const Batch& b) -> Sampler {
         return [s = Shadow(Subgraphs(b), {.fanouts = {5, 4}})](auto seeds, auto& rng) { return s.sample(seeds, rng); };
       }},
  };
  return all;
}

bool same_batch(const Batch& a, const Batch& b) {
  return a.ids == b.ids && a.segments == b.segments && a.samples == b.samples &&
         same(a.graph.adjacency(), b.graph.adjacency());
}

// Whether counts of node lists follow a law, which knows all that may come.
double p_value(const std::map<Nodes, double>& counts, const Law& law) {
  double draws = 0, legal = 0, sum = 0;
  for (const auto& [nodes, count] : counts) draws += count;
  for (const auto& [nodes, chance] : law) sum += chance;
  std::vector<double> found, expected;
  for (const auto& [nodes, chance] : law) {
    found.push_back(counts.contains(nodes) ? counts.at(nodes) : 0), expected.push_back(draws * chance / sum);
    legal += found.back();
  }
  found.push_back(draws - legal), expected.push_back(0);
  ChiSquare test;
  test.add(found, expected);
  return test.p_value();
}

// One list per draw: the segment of a seed that comes often among others.
std::map<Nodes, double> drawn(const Sampler& sample, NodeId seed, int draws, bool sorted) {
  std::map<Nodes, double> counts;
  const Nodes seeds(std::size_t(draws), seed);
  const Batch b = sample(seeds, Rng(7));
  for (std::size_t s = 0; s < seeds.size(); ++s) {
    Nodes nodes = segment(b, s);
    if (sorted) std::ranges::sort(nodes.begin() + 1, nodes.end());
    ++counts[nodes];
  }
  return counts;
}

// Every way of a walk with its chance, as the list of nodes in the order they are met.
Law law_of_restart(const Graph& g, NodeId seed, double restart, Offset steps, std::size_t most) {
  Law law;
  auto go = [&](auto&& self, Nodes met, NodeId at, Offset left, double chance) -> void {
    if (left == 0 || met.size() == most) return void(law[met] += chance);
    auto to = [&](NodeId v, double p) {
      Nodes next = met;
      if (std::ranges::find(next, v) == next.end()) next.push_back(v);
      if (p > 0) self(self, next, v, left - 1, chance * p);
    };
    const auto targets = g.adjacency().columns(at);
    const auto weights = g.adjacency().values(at);
    double sum = 0;
    for (std::size_t e = 0; e < targets.size(); ++e) sum += weights.empty() ? 1 : double(weights[e]);
    to(seed, targets.empty() ? 1 : restart);
    for (std::size_t e = 0; e < targets.size(); ++e)
      to(targets[e], (1 - restart) * (weights.empty() ? 1 : double(weights[e])) / sum);
  };
  go(go, {seed}, seed, steps, 1);
  return law;
}

// Every set of `count` of these nodes.
std::vector<Nodes> sets_of(const Nodes& nodes, std::size_t count) {
  std::vector<Nodes> sets;
  Nodes set;
  auto go = [&](auto&& self, std::size_t from) -> void {
    if (set.size() == count) return void(sets.push_back(set));
    for (std::size_t i = from; i < nodes.size(); ++i) {
      set.push_back(nodes[i]);
      self(self, i + 1);
      set.pop_back();
    }
  };
  go(go, 0);
  return sets;
}

// ShaDow of two hops, all edges alike: what the seed chooses, then what these choose together.
Law law_of_shadow(const Graph& g, NodeId seed, std::size_t one, std::size_t two) {
  Law law;
  auto choices = [&](NodeId v, std::size_t k) {
    const auto row = g.incoming().columns(v);
    return sets_of({row.begin(), row.end()}, std::min(k, row.size()));
  };
  const std::vector<Nodes> firsts = choices(seed, one);
  for (const Nodes& first : firsts) {
    auto go = [&](auto&& self, std::size_t i, std::set<NodeId> reached, double chance) -> void {
      if (i == first.size()) {
        reached.erase(seed);
        Nodes list{seed};
        list.insert(list.end(), reached.begin(), reached.end());
        law[list] += chance;
        return;
      }
      const std::vector<Nodes> next = choices(first[i], two);
      for (const Nodes& set : next) {
        std::set<NodeId> more = reached;
        more.insert(set.begin(), set.end());
        self(self, i + 1, more, chance / double(next.size()));
      }
    };
    go(go, 0, {first.begin(), first.end()}, 1 / double(firsts.size()));
  }
  return law;
}

Sampler restart_sampler(const Graph& g, RestartRules rules) {
  return [s = RestartSubgraphs(Subgraphs(batch_of(g)), rules)](auto seeds, auto& rng) { return s.sample(seeds, rng); };
}

}  // namespace

TEST_SUITE("subgraphs") {
  TEST_CASE("a segment per seed: itself first, different nodes, all edges among them with what they carry") {
    const Batch all = directed();
    Nodes seeds{5, 0, 301, 5, 17, 300};
    for (NodeId v = 20; v < 60; ++v) seeds.push_back(v);
    for (const Named& sampler : samplers()) {
      INFO(sampler.name);
      const Batch b = sampler.of(all)(seeds, Rng(1));
      REQUIRE(b.segments.size() == seeds.size() + 1);
      CHECK(b.segments.back() == b.rows());
      CHECK(b.x.rows() == b.rows());
      for (std::size_t s = 0; s < seeds.size(); ++s) {
        Nodes nodes = segment(b, s);
        REQUIRE(nodes[0] == 1000 + seeds[s]);
        CHECK(b.samples[s] == 1000 + seeds[s]);
        CHECK(std::set<NodeId>(nodes.begin(), nodes.end()).size() == nodes.size());
        for (NodeId& v : nodes) v -= 1000;
        std::vector<Edge> among, found;
        for (const NodeId u : nodes)
          for (const NodeId v : all.graph.adjacency().columns(u))
            if (std::ranges::find(nodes, v) != nodes.end()) among.push_back({u, v});
        for (Offset row = b.segments[s]; row < b.segments[s + 1]; ++row) {
          const auto columns = b.graph.adjacency().columns(row);
          CHECK(std::ranges::is_sorted(columns));
          for (std::size_t i = 0; i < columns.size(); ++i) {
            REQUIRE((b.segments[s] <= columns[i] && columns[i] < b.segments[s + 1]));
            const NodeId u = b.ids[std::size_t(row)] - 1000, v = b.ids[std::size_t(columns[i])] - 1000;
            const Offset e = b.graph.adjacency().view().offsets[std::size_t(row)] + Offset(i);
            CHECK(b.graph.edge_attributes()(e, 0) == Real(u));
            CHECK(b.graph.edge_attributes()(e, 1) == Real(v));
            CHECK(b.graph.edge_types()[std::size_t(e)] == (u + v) % 3);
            CHECK(b.graph.adjacency().view().values[std::size_t(e)] == Real(1 + (2 * u + v) % 5));
            found.push_back({u, v});
          }
        }
        std::ranges::sort(among), std::ranges::sort(found);
        CHECK(among == found);
      }
      CHECK(segment(b, 2) == Nodes{1301});  // no edges
    }
  }

  TEST_CASE("the same bits at one and two threads; other draws of another stream") {
    const Batch all = batch_of(graph_of(rmat({.scale = 9, .edges = 5000}, Rng(1))));
    Nodes seeds;
    for (NodeId v = 0; v < 400; ++v) seeds.push_back(v);
    for (const Named& sampler : samplers()) {
      INFO(sampler.name);
      auto with = [&](int threads, std::uint64_t seed) {
        const Threads limit(threads);
        return sampler.of(all)(seeds, Rng(seed));
      };
      const Batch one = with(1, 3);
      CHECK(same_batch(one, with(2, 3)));
      CHECK(!same_batch(one, with(2, 4)));
    }
  }

  TEST_CASE("no seeds, no edges, seeds that are no nodes") {
    for (const Named& sampler : samplers()) {
      const Batch none = sampler.of(karate())({}, Rng(1));
      CHECK(none.rows() == 0);
      CHECK(none.segments == std::vector<Offset>{0});
      const Batch lonely = sampler.of(batch_of(Graph::without_edges(3)))(Nodes{2, 2}, Rng(1));
      CHECK(lonely.ids == Nodes{2, 2});
      CHECK(lonely.segments == std::vector<Offset>{0, 1, 2});
      CHECK_THROWS_AS(sampler.of(karate())(Nodes{34}, Rng(1)), std::logic_error);
    }
  }

  TEST_CASE("ego nets: all within the hops, nearest first") {
    const Batch all = directed();
    std::vector<Edge> turned;
    for (NodeId u = 0; u < all.rows(); ++u)
      for (const NodeId v : all.graph.adjacency().columns(u)) turned.push_back({v, u});
    const Graph back = build_graph(all.rows(), turned, {}, {.undirected = false});
    Batch plain = all;
    plain.ids = {};
    for (const Offset hops : {0, 1, 2, 3}) {
      const Nodes seeds{7, 0, 299};
      const Batch b = EgoNets(Subgraphs(plain), {.hops = hops}).sample(seeds, Rng(1));
      for (std::size_t s = 0; s < seeds.size(); ++s) {
        const std::vector<std::int32_t> far = distances(back, std::vector<NodeId>{seeds[s]}, std::int32_t(hops));
        const Nodes nodes = segment(b, s);
        CHECK(Offset(nodes.size()) == std::ranges::count_if(far, [](auto d) { return d >= 0; }));
        CHECK(std::ranges::is_sorted(nodes, {}, [&](NodeId v) { return far[std::size_t(v)]; }));
        CHECK(std::ranges::all_of(nodes, [&](NodeId v) { return far[std::size_t(v)] >= 0; }));
      }
    }
  }

  TEST_CASE("ego nets of limited size: near hops whole, of the next one every set alike") {
    const Graph g = karate().graph;
    for (const auto& [seed, whole, most] : {std::tuple{16, 3, 5}, std::tuple{11, 1, 1}, std::tuple{9, 1, 2}}) {
      const EgoNets nets(Subgraphs(karate()), {.hops = 3, .most = most});
      const auto counts = drawn([&](auto seeds, auto& rng) { return nets.sample(seeds, rng); }, seed, 20'000, false);
      const auto far = distances(g, std::vector<NodeId>{seed}, 3);
      Nodes sure, candidates;
      const std::int32_t last = whole == 1 ? 1 : 2;
      for (NodeId v = 0; v < 34; ++v)
        if (far[std::size_t(v)] == last) candidates.push_back(v);
      std::map<Nodes, double> sets;
      for (const auto& [nodes, count] : counts) {
        REQUIRE(nodes.size() == std::size_t(most));
        for (int i = 0; i < whole; ++i) CHECK(far[std::size_t(nodes[std::size_t(i)])] < last);
        Nodes set(nodes.begin() + whole, nodes.end());
        std::ranges::sort(set);
        sets[set] += count;
      }
      Law law;
      for (const Nodes& set : sets_of(candidates, std::size_t(most - whole))) law[set] = 1;
      const double p = p_value(sets, law);
      MESSAGE(fmt::format("ego net of {}, {} nodes: p-value {}", seed, most, p));
      CHECK(p > 1e-4);
    }
    CHECK_THROWS_WITH_AS(EgoNets(Subgraphs(karate()), {.hops = -1}), doctest::Contains("at least 0, not -1"), Error);
    CHECK_THROWS_WITH_AS(EgoNets(Subgraphs(karate()), {.most = -2}), doctest::Contains("at least 0, not 2 and -2"),
                         Error);
  }

  TEST_CASE("walks with restart: every list of nodes with its exact chance, and the test finds a wrong one") {
    std::vector<Edge> edges{{0, 1}, {0, 2}, {1, 2}, {2, 3}, {3, 4}, {5, 0}};
    const Graph g = build_graph(6, edges, std::vector<Real>{1, 2, 3, 1, 4, 1}, {.undirected = false});
    const Graph both = build_graph(6, edges, std::vector<Real>{1, 2, 3, 1, 4, 1});
    struct Case {
      const char* name;
      Graph graph;
      RestartRules rules;
    };
    for (const Case& c : std::vector<Case>{{"limit of steps", both, {.restart = 0.3, .steps = 5}},
                                           {"limit of nodes", both, {.restart = 0.3, .steps = 6, .most = 3}},
                                           {"unweighted", both, {.restart = 0.5, .steps = 4, .weighted = false}},
                                           {"dead ends", g, {.restart = 0.2, .steps = 6}}}) {
      const Graph seen = c.rules.weighted ? c.graph : Graph(c.graph.adjacency().without_values());
      const std::size_t most = c.rules.most == 0 ? 6 : std::size_t(c.rules.most);
      const auto counts = drawn(restart_sampler(c.graph, c.rules), 0, 20'000, false);
      const double p = p_value(counts, law_of_restart(seen, 0, c.rules.restart, c.rules.steps, most));
      MESSAGE(fmt::format("restart, {}: p-value {}", c.name, p));
      CHECK(p > 1e-4);
      CHECK(p_value(counts, law_of_restart(seen, 0, c.rules.restart + 0.05, c.rules.steps, most)) < 1e-4);
    }
    CHECK_THROWS_WITH_AS(restart_sampler(g, {.restart = 1}), doctest::Contains("restart in [0, 1), not 1"), Error);
    CHECK_THROWS_WITH_AS(restart_sampler(g, {.steps = 0}), doctest::Contains("at least 1 step, not 0"), Error);
    CHECK_THROWS_WITH_AS(restart_sampler(g, {.most = -1}), doctest::Contains("at least 0, not -1"), Error);
  }

  TEST_CASE("ShaDow: every set of nodes with its exact chance, and the test finds a wrong one") {
    const Graph g =
        build_graph(8, std::vector<Edge>{{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 4}, {2, 5}, {3, 6}, {3, 7}, {2, 6}});
    auto counts_of = [&](std::vector<Offset> fanouts) {
      const Shadow shadow(Subgraphs(batch_of(g)), {.fanouts = fanouts});
      return drawn([&](auto seeds, auto& rng) { return shadow.sample(seeds, rng); }, 0, 20'000, true);
    };
    for (const auto& [one, two] : {std::pair{2, 2}, {1, 3}, {3, 1}}) {
      const auto counts = counts_of({one, two});
      const double p = p_value(counts, law_of_shadow(g, 0, std::size_t(one), std::size_t(two)));
      MESSAGE(fmt::format("ShaDow {} {}: p-value {}", one, two, p));
      CHECK(p > 1e-4);
    }
    CHECK(p_value(counts_of({2, 2}), law_of_shadow(g, 0, 2, 1)) < 1e-6);
    // Weights decide: an edge of weight 0 is never chosen.
    const Graph weighted = build_graph(3, std::vector<Edge>{{0, 1}, {0, 2}}, std::vector<Real>{0, 1});
    const Shadow by_weight(Subgraphs(batch_of(weighted)), {.fanouts = {2}, .weighted = true});
    CHECK(by_weight.sample(Nodes{0}, Rng(1)).ids == Nodes{0, 2});
    CHECK_THROWS_WITH_AS(Shadow(Subgraphs(karate()), {.fanouts = {}}), doctest::Contains("got none"), Error);
    CHECK_THROWS_WITH_AS(Shadow(Subgraphs(karate()), {.fanouts = {3, 0}}), doctest::Contains("at least 1, got 0"),
                         Error);
  }
}
