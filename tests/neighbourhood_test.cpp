// Sampled neighbourhoods follow their laws exactly, and a batch is what an encoder needs of them.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/encoders/stack.h>
#include <pfm/graph/build.h>
#include <pfm/graph/generators.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/mini_batches.h>
#include <pfm/sampling/neighbourhood.h>
#include <pfm/tests/chi_square.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

using namespace pfm;
using Draw = NeighbourRules::Draw;

namespace {

Batch batch_of(const Graph& graph) {
  Batch all;
  all.graph = graph;
  all.x = Features::identity(graph.nodes());
  return all;
}

Graph karate() { return io::builtin("karate").all.graph; }

Graph weighted(const Graph& graph) {
  const Sparse& a = graph.adjacency();
  std::vector<Real> weights;
  for (Offset u = 0; u < a.rows(); ++u)
    for (const NodeId v : a.columns(u)) weights.push_back(Real((u * v) % 7 == 3 ? 0 : 0.25 + (u + 3 * v) % 5));
  return Graph(a.with_values(weights));
}

// With one-way edges, nodes without any and attributes {source, target}.
Graph directed(bool typed = false) {
  std::vector<Edge> edges;
  const Rng rng(4);
  for (std::uint64_t i = 0; i < 200; ++i)
    edges.push_back({NodeId(rng.below(2 * i, 30)), NodeId(1 + rng.below(2 * i + 1, 29))});
  const Sparse a = build_graph(32, edges, {}, {.undirected = false}).adjacency();
  Matrix attributes(a.nonzeros(), 2);
  std::vector<std::int32_t> types;
  Offset e = 0;
  for (NodeId u = 0; u < 32; ++u)
    for (const NodeId v : a.columns(u)) {
      attributes(e, 0) = Real(u), attributes(e++, 1) = Real(v);
      types.push_back((u + v) % 3);
    }
  return Graph(a, std::move(attributes), typed ? types : std::vector<std::int32_t>{});
}

using Chosen = std::vector<std::size_t>;  // places in a row, ascending
using Counts = std::map<Chosen, double>;  // how often each set was chosen
using Law = std::map<Chosen, double>;

// Every set of k of n places with its chance when they are drawn one after the other in proportion to what is left.
Law successive(const std::vector<double>& weights, std::size_t k) {
  Law law;
  Chosen drawn;
  auto go = [&](auto&& self, double chance, double left) -> void {
    if (drawn.size() == k || left <= 1e-12) {
      Chosen set = drawn;
      std::ranges::sort(set);
      law[set] += chance;
      return;
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (weights[i] == 0 || std::ranges::find(drawn, i) != drawn.end()) continue;
      drawn.push_back(i);
      self(self, chance * weights[i] / left, left - weights[i]);
      drawn.pop_back();
    }
  };
  go(go, 1, std::accumulate(weights.begin(), weights.end(), 0.0));
  return law;
}

void add(ChiSquare& test, const Counts& found, const Law& law) {
  std::vector<double> f, e;
  double total = 0, legal = 0;
  for (const auto& [set, count] : found) total += count;
  for (const auto& [set, chance] : law) {
    const auto it = found.find(set);
    f.push_back(it == found.end() ? 0 : it->second), e.push_back(chance * total);
    legal += f.back();
  }
  f.push_back(total - legal), e.push_back(0);  // what the law does not know must not come
  test.add(f, e);
}

std::vector<double> weights_into(const Graph& g, NodeId v, bool by_weight) {
  const auto row = g.incoming().values(v);
  if (by_weight && !row.empty()) return {row.begin(), row.end()};
  return std::vector<double>(g.incoming().columns(v).size(), 1);
}

Chosen places_of(const Graph& g, const Batch& b, Offset row) {
  const auto sources = g.incoming().columns(b.ids[std::size_t(row)]);
  Chosen places;
  for (const NodeId u : b.graph.incoming().columns(row))
    places.push_back(std::size_t(std::ranges::lower_bound(sources, b.ids[std::size_t(u)]) - sources.begin()));
  std::ranges::sort(places);
  return places;
}

// Sets chosen by each node in each hop, of many batches.
std::map<std::pair<std::size_t, NodeId>, Counts> chosen_sets(const Graph& g, const NeighbourRules& rules,
                                                             const std::vector<NodeId>& seeds, int batches) {
  std::map<std::pair<std::size_t, NodeId>, Counts> counts;
  const NeighbourSampler sampler(batch_of(g), rules);
  for (int i = 0; i < batches; ++i) {
    const Batch b = sampler.sample(seeds, Rng(5).split(std::uint64_t(i)));
    for (std::size_t hop = 0; hop < rules.fanouts.size(); ++hop)
      for (Offset row = hop == 0 ? 0 : b.hops[hop - 1]; row < b.hops[hop]; ++row)
        ++counts[{hop, b.ids[std::size_t(row)]}][places_of(g, b, row)];
  }
  return counts;
}

double p_value(const Graph& g, const NeighbourRules& rules, const std::vector<NodeId>& seeds, int batches) {
  ChiSquare test;
  for (const auto& [at, counts] : chosen_sets(g, rules, seeds, batches))
    add(test, counts, successive(weights_into(g, at.second, rules.weighted), std::size_t(rules.fanouts[at.first])));
  return test.p_value();
}

// One row of these weights, each entry from another node.
Graph star(const std::vector<Real>& weights) {
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < weights.size(); ++i) edges.push_back({NodeId(i + 1), 0});
  return build_graph(NodeId(weights.size() + 1), edges, weights, {.undirected = false});
}

double binomial(double n, double k, double p) {
  if (p >= 1) return k == n;
  return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) + k * std::log(p) +
                  (n - k) * std::log1p(-p));
}

bool same(const Batch& a, const Batch& b) {
  const CsrView &x = a.graph.incoming().view(), &y = b.graph.incoming().view();
  return a.ids == b.ids && a.hops == b.hops && std::ranges::equal(x.offsets, y.offsets) &&
         std::ranges::equal(x.columns, y.columns) && std::ranges::equal(x.values, y.values);
}

std::vector<NodeId> all_nodes(const Graph& g) {
  std::vector<NodeId> nodes(std::size_t(g.nodes()));
  std::iota(nodes.begin(), nodes.end(), NodeId{0});
  return nodes;
}

}  // namespace

TEST_SUITE("neighbourhood") {
  TEST_CASE("different edges, uniformly and by weight: every set with its exact chance") {
    struct Case {
      const char* name;
      Graph graph;
      NeighbourRules rules;
      std::vector<NodeId> seeds;
    };
    const Graph uneven = star({1000, 1, 2, 0, 3, 1, 0.5, 0.25}), two_left = star({0, 0, 3, 0, 2, 0, 0});
    for (const Case& c : std::vector<Case>{
             {"karate", karate(), {.fanouts = {3, 2, 4}}, {33, 2}},
             {"first draws", karate(), {.fanouts = {1}}, all_nodes(karate())},
             {"karate by weight", weighted(karate()), {.fanouts = {3, 2}, .weighted = true}, {0, 33, 8}},
             {"first draws, by weight", weighted(karate()), {.fanouts = {1}, .weighted = true}, all_nodes(karate())},
             {"directed", directed(), {.fanouts = {2, 3}}, {3, 9, 31}},
             {"uneven weights", uneven, {.fanouts = {3}, .weighted = true}, {0}},
             {"very uneven weights, most of them", uneven, {.fanouts = {6}, .weighted = true}, {0}},
             {"fewer than asked have weight", two_left, {.fanouts = {3}, .weighted = true}, {0}}}) {
      const double p = p_value(c.graph, c.rules, c.seeds, 20'000);
      MESSAGE(fmt::format("{}: p-value {}", c.name, p));
      CHECK(p > 1e-4);
    }
  }

  TEST_CASE("pairs of different edges of a hub are all the same likely") {
    // One random pair of each batch's row, so that counts are independent.
    const Graph g = karate();
    const NeighbourSampler sampler(batch_of(g), {.fanouts = {9}});
    Counts pairs;
    Law law;
    for (std::size_t i = 0; i < 17; ++i)
      for (std::size_t j = i + 1; j < 17; ++j) law[{i, j}] = 2.0 / (17 * 16);
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      const Chosen set = places_of(g, sampler.sample(std::vector<NodeId>{33}, Rng(6).split(i)), 0);
      REQUIRE(set.size() == 9);
      const std::vector<NodeId> two = sample_without(9, 2, Rng(7).split(i));
      ++pairs[{set[std::size_t(std::min(two[0], two[1]))], set[std::size_t(std::max(two[0], two[1]))]}];
    }
    ChiSquare test;
    add(test, pairs, law);
    MESSAGE(fmt::format("pairs of 9 of 17: p-value {}", test.p_value()));
    CHECK(test.p_value() > 1e-4);
  }

  TEST_CASE("nodes of a hop, of two hops, and relations of a node choose independently") {
    // 0, 1 and, a hop behind 2, node 3 have five edges into each; a star has five of each type.
    std::vector<Edge> edges{{3, 2}};
    std::vector<Real> weights{1};
    for (NodeId i = 0; i < 5; ++i)
      for (const NodeId v : {0, 1, 3}) edges.push_back({NodeId(4 + 5 * v + i), v}), weights.push_back(Real(i + 1));
    const Graph g = build_graph(24, edges, weights, {.undirected = false});
    const Graph typed(star({1, 2, 3, 4, 5, 1, 2, 3, 4, 5}).adjacency(), {}, {0, 0, 0, 0, 0, 1, 1, 1, 1, 1});
    for (const Draw draw : {Draw::different, Draw::repeated})
      for (const bool by_weight : {false, true}) {
        const Offset k = draw == Draw::repeated ? 1 : 2;
        const NeighbourSampler sampler(batch_of(g), {.fanouts = {k, k}, .draw = draw, .weighted = by_weight});
        const NeighbourSampler by_type(batch_of(typed),
                                       {.of_type = {{0, {k}}, {1, {k}}}, .draw = draw, .weighted = by_weight});
        const Law law =
            successive(by_weight ? std::vector<double>{1, 2, 3, 4, 5} : std::vector<double>(5, 1), std::size_t(k));
        Law joint;
        for (const auto& [a, p] : law)
          for (const auto& [b, q] : law) {
            Chosen both = a;
            for (const std::size_t place : b) both.push_back(5 + place);
            joint[both] = p * q;
          }
        Counts same_hop, next_hop, relations;
        for (std::uint64_t i = 0; i < 10'000; ++i) {
          auto places = [&](const Batch& b, NodeId v, std::size_t before) {
            const Offset row = std::ranges::find(b.ids, v) - b.ids.begin();
            Chosen set = places_of(g, b, row);
            for (std::size_t& place : set) place += before;
            return set;
          };
          auto together = [](Chosen a, const Chosen& b) { return a.insert(a.end(), b.begin(), b.end()), a; };
          const Batch b = sampler.sample(std::vector<NodeId>{0, 1, 2}, Rng(1).split(i));
          ++same_hop[together(places(b, 0, 0), places(b, 1, 5))];
          ++next_hop[together(places(b, 0, 0), places(b, 3, 5))];
          ++relations[places_of(typed, by_type.sample(std::vector<NodeId>{0}, Rng(2).split(i)), 0)];
        }
        for (const Counts* counts : {&same_hop, &next_hop, &relations}) {
          ChiSquare test;
          add(test, *counts, joint);
          MESSAGE(fmt::format("{} of 5 twice, by weight {}: p-value {}", k, by_weight, test.p_value()));
          CHECK(test.p_value() > 1e-4);
        }
      }
  }

  // What is easily got wrong: a place that is taken already gives way to the next one; u^w in place of u^(1/w).
  TEST_CASE("the test finds biased rules") {
    const Rng rng(8);
    const std::vector<double> equal(7, 1), weights{1, 2, 3, 4, 5};
    Counts next_one, wrong_key;
    for (std::uint64_t i = 0; i < 20'000; ++i) {
      std::set<std::size_t> set;
      for (std::uint64_t draw = 0; draw < 3; ++draw) {
        std::size_t place = rng.split(i).below(draw, 7);
        while (set.contains(place)) place = (place + 1) % 7;
        set.insert(place);
      }
      ++next_one[Chosen(set.begin(), set.end())];
      std::vector<std::pair<double, std::size_t>> keys;
      for (std::size_t j = 0; j < weights.size(); ++j)
        keys.emplace_back(-weights[j] * std::log1p(-rng.split(i).uniform(j + 9)), j);
      std::ranges::sort(keys, std::greater());
      ++wrong_key[{std::min(keys[0].second, keys[1].second), std::max(keys[0].second, keys[1].second)}];
    }
    ChiSquare one, two;
    add(one, next_one, successive(equal, 3)), add(two, wrong_key, successive(weights, 2));
    CHECK(one.p_value() < 1e-10);
    CHECK(two.p_value() < 1e-10);
  }

  TEST_CASE("repeated edges: each drawn from all of them, as many as asked") {
    for (const bool by_weight : {false, true}) {
      const Graph g = weighted(karate());
      const NeighbourRules rules{.fanouts = {5, 20}, .draw = Draw::repeated, .weighted = by_weight};
      const NeighbourSampler sampler(batch_of(g), rules);
      std::map<NodeId, Counts> counts;
      for (std::uint64_t i = 0; i < 5000; ++i) {
        const Batch b = sampler.sample(std::vector<NodeId>{11, 33}, Rng(9).split(i));
        for (Offset row = 0; row < b.hops[1]; ++row) {
          const Chosen places = places_of(g, b, row);
          REQUIRE(places.size() == (row < 2 ? 5 : 20));
          for (const std::size_t place : places) ++counts[b.ids[std::size_t(row)]][{place}];
        }
      }
      ChiSquare test;
      for (const auto& [v, found] : counts) add(test, found, successive(weights_into(g, v, by_weight), 1));
      MESSAGE(fmt::format("repeated, by weight {}: p-value {}", by_weight, test.p_value()));
      CHECK(test.p_value() > 1e-4);
    }
  }

  TEST_CASE("LABOR-0: sizes as expected, sources shared") {
    const Graph g = karate();
    const std::vector<NodeId> seeds{0, 1, 2, 3, 32, 33};
    const double fanout = 4;
    const auto degree = [&](NodeId s) { return double(g.incoming().columns(s).size()); };
    // How often each size of a row and each source of any row came; then the second as if rows chose by themselves.
    auto judged = [&](auto&& rows_of) {
      std::map<NodeId, Counts> sizes;
      std::vector<double> reached(std::size_t(g.nodes()));
      constexpr int batches = 20'000;
      for (std::uint64_t i = 0; i < batches; ++i) {
        std::set<NodeId> sources;
        const std::vector<std::vector<NodeId>> rows = rows_of(i);
        for (std::size_t s = 0; s < seeds.size(); ++s) {
          ++sizes[seeds[s]][{rows[s].size()}];
          sources.insert(rows[s].begin(), rows[s].end());
        }
        for (const NodeId t : sources) ++reached[std::size_t(t)];
      }
      ChiSquare of_sizes, of_sources;
      for (const auto& [s, found] : sizes) {
        Law law;
        for (double k = 0; k <= degree(s); ++k)
          law[{std::size_t(k)}] = binomial(degree(s), k, std::min(1.0, fanout / degree(s)));
        add(of_sizes, found, law);
      }
      for (NodeId t = 0; t < g.nodes(); ++t) {
        double chance = 0;
        for (const NodeId s : seeds)
          if (std::ranges::binary_search(g.incoming().columns(s), t))
            chance = std::max(chance, std::min(1.0, fanout / degree(s)));
        const double found = reached[std::size_t(t)];
        of_sources.add({found, batches - found}, {batches * chance, batches * (1 - chance)});
      }
      return std::pair(of_sizes.p_value(), of_sources.p_value());
    };
    const NeighbourSampler sampler(batch_of(g), {.fanouts = {Offset(fanout)}, .draw = Draw::labor});
    const auto [sizes, sources] = judged([&](std::uint64_t i) {
      const Batch b = sampler.sample(seeds, Rng(3).split(i));
      std::vector<std::vector<NodeId>> rows(seeds.size());
      for (std::size_t s = 0; s < seeds.size(); ++s)
        for (const NodeId t : b.graph.incoming().columns(Offset(s))) rows[s].push_back(b.ids[std::size_t(t)]);
      return rows;
    });
    MESSAGE(fmt::format("LABOR-0: p-value of sizes {}, of sources {}", sizes, sources));
    CHECK(sizes > 1e-4);
    CHECK(sources > 1e-4);
    const auto [own_sizes, own_sources] = judged([&](std::uint64_t i) {
      std::vector<std::vector<NodeId>> rows(seeds.size());
      for (std::size_t s = 0; s < seeds.size(); ++s)
        for (const NodeId t : g.incoming().columns(seeds[s]))
          if (Rng(4).split(i).split(s).uniform(std::uint64_t(t)) < fanout / degree(seeds[s])) rows[s].push_back(t);
      return rows;
    });
    CHECK(own_sizes > 1e-4);
    CHECK(own_sources < 1e-10);
  }

  TEST_CASE("rows by hops, edges of the graph with what they carry, a corner for each layer") {
    for (const bool typed : {false, true}) {
      const Graph g = directed(typed);
      Batch all = batch_of(g);
      Matrix x(32, 2);
      for (NodeId v = 0; v < 32; ++v) x(v, 0) = Real(v), x(v, 1) = Real(v * v), all.ids.push_back(100 + v);
      all.x = std::move(x);
      NeighbourRules rules{.fanouts = {3, 2, 2}};
      if (typed) rules = {.of_type = {{0, {2, 1, 2}}, {2, {1, 3, 1}}}};
      const NeighbourSampler sampler(all, rules);
      const std::vector<NodeId> seeds{7, 0, 31, 12};
      const Batch b = sampler.sample(seeds, Rng(1));
      REQUIRE(b.hops.size() == 4);
      REQUIRE(b.hops[0] == 4);
      REQUIRE(b.hops[3] == b.rows());
      for (std::size_t s = 0; s < seeds.size(); ++s) CHECK(b.ids[s] == 100 + seeds[s]);
      CHECK(std::set<NodeId>(b.ids.begin(), b.ids.end()).size() == b.ids.size());
      for (Offset i = 0; i < b.rows(); ++i) CHECK(b.x.dense()(i, 1) == b.x.dense()(i, 0) * b.x.dense()(i, 0));
      const Sparse& into = b.graph.incoming();
      std::size_t hop = 0;
      for (Offset row = 0; row < b.rows(); ++row) {
        while (row >= b.hops[hop]) ++hop;
        const NodeId v = b.ids[std::size_t(row)] - 100;
        const auto columns = into.columns(row), sources = g.incoming().columns(v);
        CHECK(std::ranges::is_sorted(columns));
        std::map<std::int32_t, Offset> degree, taken;
        for (const NodeId u : sources) ++degree[typed ? (u + v) % 3 : -1];
        for (const NodeId c : columns) {
          const NodeId u = b.ids[std::size_t(c)] - 100;
          CHECK(std::ranges::binary_search(sources, u));
          CHECK(c < b.hops[hop + 1]);
          ++taken[typed ? (u + v) % 3 : -1];
        }
        for (const auto& [type, count] : degree) {
          const Offset fanout = hop == 3                       ? 0
                                : !typed                       ? rules.fanouts[hop]
                                : rules.of_type.contains(type) ? rules.of_type[type][hop]
                                                               : 0;
          CHECK(taken[type] == std::min(fanout, count));
        }
      }
      const Sparse& a = b.graph.adjacency();
      REQUIRE(b.graph.edge_attributes().rows() == a.nonzeros());
      Offset e = 0;
      for (NodeId u = 0; u < b.rows(); ++u)
        for (const NodeId v : a.columns(u)) {
          CHECK(b.graph.edge_attributes()(e, 0) == Real(b.ids[u] - 100));
          CHECK(b.graph.edge_attributes()(e, 1) == Real(b.ids[v] - 100));
          if (typed) CHECK(b.graph.edge_types()[e] == (b.ids[u] + b.ids[v] - 200) % 3);
          ++e;
        }
    }
  }

  TEST_CASE("weights go along unless they decided") {
    const Graph g = weighted(karate());
    const std::vector<NodeId> seeds{33, 5};
    const Batch b = NeighbourSampler(batch_of(g), {.fanouts = {4, 4}}).sample(seeds, Rng(2));
    for (Offset row = 0; row < b.rows(); ++row)
      for (std::size_t e = 0; e < b.graph.incoming().columns(row).size(); ++e) {
        const NodeId u = b.ids[std::size_t(b.graph.incoming().columns(row)[e])], v = b.ids[std::size_t(row)];
        CHECK(b.graph.incoming().values(row)[e] == Real((u * v) % 7 == 3 ? 0 : 0.25 + (u + 3 * v) % 5));
      }
    CHECK(!NeighbourSampler(batch_of(g), {.fanouts = {4}, .weighted = true})
               .sample(seeds, Rng(2))
               .graph.incoming()
               .weighted());
  }

  TEST_CASE("with all neighbours, an encoder gives the seeds the rows of the whole graph") {
    const Graph g = directed();
    Batch all = batch_of(g);
    Matrix x(32, 3);
    for (Offset i = 0; i < x.size(); ++i) x.data()[i] = Real(Rng(1).normal(std::uint64_t(i)));
    all.x = std::move(x);
    const Params p(Rng(2));
    const Encoder encoder = stack(p, 3, {.kind = "sage", .hidden = 4, .layers = 2});
    const NoGradient none;
    const Var whole = encoder(all);
    const std::vector<NodeId> seeds{9, 31, 4, 0, 17};
    const Batch b = NeighbourSampler(all, {.fanouts = {100, 100}}).sample(seeds, Rng(1));
    const Var rows = encoder(b);
    for (std::size_t s = 0; s < seeds.size(); ++s)
      for (Offset j = 0; j < 4; ++j)
        CHECK(rows.value()(Offset(s), j) == doctest::Approx(whole.value()(seeds[s], j)).epsilon(1e-5));
  }

  TEST_CASE("a batch is a function of seed and number, at one and two threads") {
    const Graph g = weighted(graph_of(rmat({.scale = 10, .edges = 8000}, Rng(1))));
    for (const Draw draw : {Draw::different, Draw::repeated, Draw::labor})
      for (const bool by_weight : {false, true}) {
        if (draw == Draw::labor && by_weight) continue;
        auto sampled = [&](int threads, std::uint64_t seed) {
          const Threads limit(threads);
          const NeighbourSampler sampler(batch_of(g), {.fanouts = {7, 3}, .draw = draw, .weighted = by_weight});
          const MiniBatches batches = in_random_order(
              all_nodes(g), 100, [&](std::span<const NodeId> s, const Rng& rng) { return sampler.sample(s, rng); });
          const auto make = batches.epoch(Rng(seed));
          std::vector<Batch> all(std::size_t(batches.an_epoch));
          parallel_blocks(Offset(all.size()), [&](Offset i) { all[std::size_t(i)] = make(i); });
          return all;
        };
        const auto one = sampled(1, 5), two = sampled(2, 5), other = sampled(2, 6);
        REQUIRE(one.size() == 11);
        CHECK(one.back().hops[0] == 24);
        for (std::size_t i = 0; i < one.size(); ++i) CHECK(same(one[i], two[i]));
        CHECK(!same(one[0], other[0]));
      }
  }

  TEST_CASE("no seeds, no edges, large fan-outs and hubs") {
    const Graph lonely = Graph::without_edges(3);
    for (const Draw draw : {Draw::different, Draw::repeated, Draw::labor}) {
      const NeighbourSampler sampler(batch_of(lonely), {.fanouts = {5, 5}, .draw = draw});
      const Batch b = sampler.sample(std::vector<NodeId>{2, 0}, Rng(1));
      CHECK(b.hops == std::vector<Offset>{2, 2, 2});
      CHECK(b.graph.edges() == 0);
      CHECK(sampler.sample({}, Rng(1)).rows() == 0);
    }
    const Graph nothing(karate().adjacency().with_values(std::vector<Real>(156, 0)));
    for (const Draw draw : {Draw::different, Draw::repeated})
      CHECK(NeighbourSampler(batch_of(nothing), {.fanouts = {3}, .draw = draw, .weighted = true})
                .sample(std::vector<NodeId>{0, 11}, Rng(1))
                .graph.edges() == 0);
    const Graph hub = star(std::vector<Real>(300'000, 1));
    for (const bool by_weight : {false, true})
      for (const Offset fanout : {5, 1000, 299'999, 300'000, 1 << 30}) {
        const NeighbourSampler sampler(batch_of(hub), {.fanouts = {fanout}, .weighted = by_weight});
        CHECK(sampler.sample(std::vector<NodeId>{0}, Rng(1)).graph.edges() == std::min<Offset>(fanout, 300'000));
      }
  }

  TEST_CASE("rules out of range are refused") {
    const Batch all = batch_of(karate());
    for (const auto& [rules, text] : std::vector<std::pair<NeighbourRules, std::string>>{
             {{}, "a fan-out per hop, got none"},
             {{.fanouts = {3, 0}}, "at least 1, got 0"},
             {{.fanouts = {-1}}, "at least 1, got -1"},
             {{.fanouts = {3}, .of_type = {{0, {3}}}}, "not both"},
             {{.of_type = {{0, {3}}, {1, {3, 3}}}}, "same number of hops"},
             {{.of_type = {{0, {3}}}}, "no edges of type 0"},
             {{.fanouts = {3}, .draw = Draw::labor, .weighted = true}, "LABOR"}})
      CHECK_THROWS_WITH_AS(NeighbourSampler(all, rules), doctest::Contains(text.c_str()), Error);
    for (const Real bad : {Real(-1), std::numeric_limits<Real>::quiet_NaN(), std::numeric_limits<Real>::infinity()}) {
      std::vector<Real> weights(156, 1);
      weights[3] = bad;
      const Batch wrong = batch_of(Graph(karate().adjacency().with_values(weights)));
      CHECK_THROWS_WITH_AS(NeighbourSampler(wrong, {.fanouts = {3}, .weighted = true}),
                           doctest::Contains("finite and not negative"), Error);
      CHECK_NOTHROW(NeighbourSampler(wrong, {.fanouts = {3}}));
    }
  }
}
