// Batches of links: every pair once an epoch, negatives by their law, rows that mean what they say.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/graph/distances.h>
#include <pfm/io/builtin.h>
#include <pfm/sampling/link_batches.h>
#include <pfm/sampling/mini_batches.h>
#include <pfm/tests/chi_square.h>
#include <pfm/tests/same_dataset.h>

#include <algorithm>
#include <map>
#include <set>

using namespace pfm;

namespace {

const Batch& karate() {
  static const Batch all = io::builtin("karate").all;
  return all;
}

LinkSampler links_of(const Batch& all, const LinkRules& rules) {
  return {NeighbourSampler(all, {.fanouts = {3, 2}}), all.graph, rules};
}

MiniBatches batches_of(const LinkSampler& links, const std::vector<Edge>& pairs, Offset size) {
  return in_random_order(pairs, size,
                         [=](std::span<const Edge> some, const Rng& rng) { return links.sample(some, rng); });
}

bool is_edge(NodeId u, NodeId v) { return std::ranges::binary_search(karate().graph.adjacency().columns(u), v); }

// Pairs of nodes that the rows stand for, [first, last) of a batch.
std::vector<Edge> pairs_in(const Batch& b, std::size_t first, std::size_t last) {
  std::vector<Edge> pairs;
  for (std::size_t i = first; i < last; ++i) {
    const Edge& rows = b.hidden_edges[i];
    pairs.push_back({b.ids[std::size_t(rows.source)], b.ids[std::size_t(rows.target)]});
  }
  return pairs;
}

// How often negatives fell on each ordered pair, against a chance for each.
template <class Chance>
double p_value(const LinkRules& rules, const std::vector<Edge>& pairs, int draws, Chance chance) {
  const LinkSampler links = links_of(karate(), rules);
  std::map<Edge, double> counts;
  for (std::uint64_t i = 0; i < std::uint64_t(draws); ++i) {
    const Batch b = links.sample(pairs, Rng(2).split(i));
    for (const Edge& e : pairs_in(b, pairs.size(), b.hidden_edges.size())) ++counts[e];
  }
  std::vector<double> found, expected;
  double sum = 0, total = 0;
  for (NodeId u = 0; u < 34; ++u)
    for (NodeId v = 0; v < 34; ++v) {
      found.push_back(counts[{u, v}]), expected.push_back(chance(u, v));
      sum += expected.back(), total += found.back();
    }
  for (double& e : expected) e *= total / sum;
  ChiSquare test;
  test.add(found, expected);
  return test.p_value();
}

}  // namespace

TEST_SUITE("negatives") {
  TEST_CASE("link batches: every edge once an epoch, the first batch any edge, negatives behind") {
    const std::vector<Edge> pairs = karate().graph.pairs();
    const MiniBatches batches = batches_of(links_of(karate(), {.negatives = 3}), pairs, 10);
    REQUIRE(batches.an_epoch == 8);
    std::vector<double> first(pairs.size());
    constexpr int epochs = 600;
    for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
      const auto make = batches.epoch(Rng(1).split(epoch));
      std::vector<Edge> met;
      for (Offset b = 0; b < (epoch < 5 ? 8 : 1); ++b) {
        const Batch batch = make(b);
        const std::size_t size = b == 7 ? 8 : 10;
        REQUIRE(batch.hidden_edges.size() == 4 * size);
        CHECK(batch.hops.size() == 3);
        const std::vector<Edge> positive = pairs_in(batch, 0, size), others = pairs_in(batch, size, 4 * size);
        std::set<NodeId> ends;
        for (std::size_t i = 0; i < others.size(); ++i) {
          CHECK((others[i].source == positive[i / 3].source || others[i].source == positive[i / 3].target));
          CHECK(others[i].source != others[i].target);
          CHECK(!is_edge(others[i].source, others[i].target));
        }
        for (const auto* some : {&positive, &others})
          for (const Edge& e : *some) ends.insert({e.source, e.target});
        CHECK(batch.hops[0] == Offset(ends.size()));
        CHECK(std::equal(ends.begin(), ends.end(), batch.ids.begin()));
        met.insert(met.end(), positive.begin(), positive.end());
        if (b > 0) continue;
        for (const Edge& e : positive) ++first[std::size_t(std::ranges::lower_bound(pairs, e) - pairs.begin())];
      }
      std::ranges::sort(met);
      if (epoch < 5) CHECK(met == pairs);
    }
    // Ten of 78 without replacement vary less than ten draws would: a chi-square of 68 / 77 of the usual.
    ChiSquare test;
    test.add(first, std::vector<double>(first.size(), epochs * 10 / 78.0));
    MESSAGE(fmt::format("edges of the first batch: p-value {}", test.p_value()));
    CHECK(test.p_value() > 1e-4);
  }

  TEST_CASE("link batches: negatives of any source are uniform over the pairs without an edge") {
    const std::vector<Edge> some{{0, 1}, {32, 33}};
    auto non_edge = [](NodeId u, NodeId v) { return u != v && !is_edge(u, v) ? 1.0 : 0; };
    const LinkRules any{.negatives = 50, .any_source = true};
    const double p = p_value(any, some, 800, non_edge);
    MESSAGE(fmt::format("any pair: p-value {}", p));
    CHECK(p > 1e-4);
    // A source drawn uniformly, then its target: pairs of hubs would come too often.
    CHECK(p_value(any, some, 800, [&](NodeId u, NodeId v) {
            return non_edge(u, v) / double(33 - karate().graph.adjacency().columns(u).size());
          }) < 1e-6);
    const double kept = p_value({.negatives = 50}, some, 800, [&](NodeId u, NodeId v) {
      const bool end = u < 2 || u > 31;
      return end ? non_edge(u, v) / double(33 - karate().graph.adjacency().columns(u).size()) : 0.0;
    });
    MESSAGE(fmt::format("ends kept: p-value {}", kept));
    CHECK(kept > 1e-4);
  }

  TEST_CASE("link batches: a direction is kept, the same bits at one and two threads, what is refused") {
    Batch one_way;
    one_way.graph = build_graph(30, std::vector<Edge>{{3, 1}, {3, 2}, {5, 4}}, {}, {.undirected = false});
    one_way.x = Features::identity(30);
    const std::vector<Edge> pairs{{3, 1}, {5, 4}, {3, 1}};
    const Batch b = links_of(one_way, {.negatives = 20}).sample(pairs, Rng(1));
    CHECK(pairs_in(b, 0, 3) == pairs);
    for (std::size_t i = 3; i < b.hidden_edges.size(); ++i)
      CHECK(pairs_in(b, i, i + 1)[0].source == pairs[(i - 3) / 20].source);
    CHECK(links_of(one_way, {}).sample({}, Rng(1)).rows() == 0);
    CHECK(links_of(one_way, {.negatives = 0}).sample(pairs, Rng(1)).hidden_edges.size() == 3);
    auto made = [&](int threads) {
      const Threads limit(threads);
      std::vector<Batch> all(8);
      const auto make =
          batches_of(links_of(karate(), {.law = {.power = 0.75, .hops = 2}}), karate().graph.pairs(), 10).epoch(Rng(9));
      parallel_blocks(8, [&](Offset i) { all[std::size_t(i)] = make(i); });
      return all;
    };
    const auto one = made(1), two = made(2);
    for (std::size_t i = 0; i < 8; ++i) {
      CHECK(one[i].ids == two[i].ids);
      CHECK(one[i].hidden_edges == two[i].hidden_edges);
      CHECK(same(one[i].graph.incoming(), two[i].graph.incoming()));
    }
    CHECK_THROWS_WITH_AS(links_of(karate(), {.negatives = -1}), doctest::Contains("at least 0, not -1"), Error);
    CHECK_THROWS_WITH_AS(links_of(karate(), {.any_source = true, .law = {.hops = 2}}), doctest::Contains("own"), Error);
    Batch complete;
    complete.graph = build_graph(3, std::vector<Edge>{{0, 1}, {0, 2}, {1, 2}});
    complete.x = Features::identity(3);
    CHECK_THROWS_WITH_AS(links_of(complete, {.any_source = true}), doctest::Contains("there are no negatives"), Error);
    CHECK_THROWS_WITH_AS(links_of(complete, {}).sample(std::vector<Edge>{{0, 1}}, Rng(1)),
                         doctest::Contains("has an edge to every node"), Error);
  }
}
