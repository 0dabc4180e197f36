// Subgraphs as batches: clusters and GraphSAINT.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/graph/partition.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/cluster_batches.h>
#include <pfm/sampling/saint.h>
#include <pfm/tests/chi_square.h>

#include <algorithm>
#include <cmath>
#include <map>

using namespace pfm;
using Draw = SaintRules::Draw;

namespace {

const Batch& karate() {
  static const Batch all = io::builtin("karate").all;
  return all;
}

double degree(NodeId v) { return double(karate().graph.adjacency().columns(v).size()); }

// Draws of one node, edge or step fall on sets of nodes with these chances.
using Law = std::map<std::vector<NodeId>, double>;

Law law_of(Draw draw) {
  Law law;
  for (NodeId u = 0; u < 34; ++u)
    for (const NodeId v : karate().graph.adjacency().columns(u)) {
      const std::vector<NodeId> pair{std::min(u, v), std::max(u, v)};
      if (draw == Draw::nodes)
        law[{u}] += 1 / (degree(v) * degree(v));
      else if (draw == Draw::edges)
        law[pair] += 1 / degree(u) + 1 / degree(v);
      else
        law[pair] += 1 / degree(u);
    }
  return law;
}

double p_value(Draw draw, const Law& law) {
  constexpr int draws = 40'000;
  const SaintSampler sampler(karate(), {.draw = draw, .budget = 1, .length = 1});
  std::map<std::vector<NodeId>, int> counts;
  for (std::uint64_t i = 0; i < draws; ++i) ++counts[sampler.nodes(Rng(1).split(i))];
  double sum = 0;
  for (const auto& [nodes, chance] : law) sum += chance;
  std::vector<double> found, expected;
  for (const auto& [nodes, chance] : law) found.push_back(counts[nodes]), expected.push_back(draws * chance / sum);
  CHECK(counts.size() == law.size());
  ChiSquare test;
  test.add(found, expected);
  return test.p_value();
}

}  // namespace

TEST_SUITE("neighbourhood") {
  TEST_CASE("GraphSAINT draws nodes, edges and walks by its law, and the test finds a wrong one") {
    for (const Draw draw : {Draw::nodes, Draw::edges, Draw::walks}) {
      const double p = p_value(draw, law_of(draw));
      MESSAGE(fmt::format("GraphSAINT {}: p-value {}", int(draw), p));
      CHECK(p > 1e-4);
    }
    CHECK(p_value(Draw::edges, law_of(Draw::walks)) > 1e-4);  // an edge and a step fall on the same pairs alike
    Law uniform = law_of(Draw::edges);
    for (auto& [pair, chance] : uniform) chance = 1;
    CHECK(p_value(Draw::edges, uniform) < 1e-6);
  }

  TEST_CASE("GraphSAINT's weights make sums over subgraphs expect those over all") {
    for (const Draw draw : {Draw::nodes, Draw::edges, Draw::walks}) {
      const SaintSampler sampler(karate(), {.draw = draw, .budget = 8, .length = 2});
      const SaintWeights weights = saint_weights(sampler, 30'000, Rng(2));  // rare entries are counted too
      double mean = 0, received = 0, share = 0;  // of values v; what node 0 receives where it is drawn
      constexpr int subgraphs = 4000;
      int with_first = 0;
      for (std::uint64_t i = 0; i < subgraphs; ++i) {
        const std::vector<NodeId> nodes = sampler.nodes(Rng(3).split(i));
        for (const NodeId v : nodes) mean += double(v) * double(weights.loss[std::size_t(v)]) / subgraphs;
        share += double(nodes.size());
        if (nodes.front() != 0) continue;
        ++with_first;
        const auto& a = karate().graph.adjacency();
        for (const NodeId u : nodes)
          for (std::size_t e = 0; e < a.columns(u).size(); ++e)
            if (a.columns(u)[e] == 0)
              received += double(u) * double(weights.edges[std::size_t(a.view().offsets[u]) + e]);
      }
      double all = 0;
      for (const NodeId u : karate().graph.adjacency().columns(0)) all += u;
      CHECK(mean == doctest::Approx(16.5).epsilon(0.03));
      CHECK(received / with_first == doctest::Approx(all).epsilon(0.05));
      CHECK(share / subgraphs < 24);
    }
  }

  TEST_CASE("clusters: every row once a pass, edges between clusters of a batch kept") {
    const std::vector<std::int32_t> part = partition_metis(karate().graph, 5);
    const MiniBatches batches = cluster_batches(karate(), part, 2);
    REQUIRE(batches.an_epoch == 3);
    std::vector<std::vector<NodeId>> first_of_pass;
    for (std::uint64_t pass = 0; pass < 6; ++pass) {
      const auto make = batches.epoch(Rng(4).split(pass));
      std::vector<NodeId> rows;
      for (Offset b = 0; b < 3; ++b) {
        const Batch batch = make(b);
        rows.insert(rows.end(), batch.ids.begin(), batch.ids.end());
        const Batch expected = induced(karate(), batch.ids);
        CHECK(std::ranges::equal(batch.graph.adjacency().view().columns, expected.graph.adjacency().view().columns));
        if (b == 0) first_of_pass.push_back(batch.ids);
      }
      std::ranges::sort(rows);
      CHECK(rows.size() == 34);
      CHECK(std::ranges::adjacent_find(rows) == rows.end());
    }
    std::ranges::sort(first_of_pass);
    CHECK(std::unique(first_of_pass.begin(), first_of_pass.end()) - first_of_pass.begin() > 1);
  }

  TEST_CASE("clusters: every pair of parts joined alike") {
    const std::vector<std::int32_t> part = partition_metis(karate().graph, 6);
    const MiniBatches batches = cluster_batches(karate(), part, 2);
    std::map<std::vector<std::int32_t>, double> joined;
    constexpr int epochs = 3000;
    for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
      std::vector<std::int32_t> parts;
      for (const NodeId v : batches.epoch(Rng(8).split(epoch))(1).ids) parts.push_back(part[std::size_t(v)]);
      std::ranges::sort(parts);
      parts.erase(std::unique(parts.begin(), parts.end()), parts.end());
      ++joined[parts];
    }
    REQUIRE(joined.size() == 15);
    std::vector<double> found;
    for (const auto& [parts, count] : joined) found.push_back(count);
    ChiSquare test;
    test.add(found, std::vector<double>(15, epochs / 15.0));
    MESSAGE(fmt::format("pairs of clusters: p-value {}", test.p_value()));
    CHECK(test.p_value() > 1e-4);
  }

  TEST_CASE("subgraphs are the same at one and two threads; what cannot be drawn is refused") {
    const SaintSampler sampler(karate(), {.budget = 3000, .length = 4});
    std::vector<std::vector<NodeId>> found;
    for (const int threads : {1, 2}) {
      const Threads limit(threads);
      found.push_back(sampler.nodes(Rng(5)));
    }
    CHECK(found[0] == found[1]);
    Batch isolated;
    isolated.graph = build_graph(3, std::vector<Edge>{});
    isolated.x = Features::identity(3);
    CHECK(SaintSampler(isolated, {.budget = 50}).sample(Rng(6)).rows() == 3);
    CHECK_THROWS_WITH_AS(SaintSampler(isolated, {.draw = Draw::edges}), doctest::Contains("with edges"), Error);
    CHECK_THROWS_WITH_AS(SaintSampler(karate(), {.budget = 0}), doctest::Contains("at least 1"), Error);
    CHECK_THROWS_WITH_AS(cluster_batches(karate(), std::vector<std::int32_t>(34), 0), doctest::Contains("at least 1"),
                         Error);
  }
}
