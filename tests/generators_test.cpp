// Generators keep their laws and give the same bits whatever the threads.
#include <doctest/doctest.h>
#include <pfm/graph/build.h>
#include <pfm/graph/components.h>
#include <pfm/graph/generators.h>
#include <pfm/graph/generators/node_pairs.h>
#include <pfm/kernels/parallel.h>

#include <cmath>
#include <map>
#include <set>

using namespace pfm;

namespace {

std::vector<Edge> all_edges(const EdgeBlocks& drawn) {
  std::vector<Edge> edges;
  for (Offset b = 0; b < drawn.blocks; ++b) drawn.draw(b, edges);
  return edges;
}

// sum of (found - expected)^2 / expected
double chi_square(const std::vector<double>& found, const std::vector<double>& expected) {
  double sum = 0;
  for (std::size_t i = 0; i < found.size(); ++i)
    sum += (found[i] - expected[i]) * (found[i] - expected[i]) / expected[i];
  return sum;
}

// Above this a chi-square with `freedom` degrees lies with probability 0.0005 (Wilson, Hilferty 1931).
double chi_limit(double freedom) {
  const double v = 2 / (9 * freedom);
  return freedom * std::pow(1 - v + 3.29 * std::sqrt(v), 3);
}

// Whether the mean and the variance of draws are those of a law, within 4 standard errors.
void check_moments(const std::vector<double>& draws, double mean, double variance) {
  const auto n = double(draws.size());
  double found_mean = 0, found_variance = 0;
  for (double d : draws) found_mean += d / n;
  for (double d : draws) found_variance += (d - found_mean) * (d - found_mean) / (n - 1);
  INFO("mean " << found_mean << " of " << mean << ", variance " << found_variance << " of " << variance);
  CHECK(std::abs(found_mean - mean) < 4 * std::sqrt(variance / n));
  CHECK(std::abs(found_variance - variance) < 4 * variance * std::sqrt(2 / (n - 1)));
}

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("generators: the same bits at one and two threads, another seed another graph") {
    auto drawn = [](std::uint64_t seed) {
      const Rng rng(seed);
      return std::vector<EdgeBlocks>{
          rmat({.scale = 14, .edges = 150'000}, rng),
          block_model({.sizes = {5000, 1, 3000}, .within = 0.01, .between = 0.003}, rng),
          block_model({.sizes = {5000, 1, 3000}, .within = 0.01, .between = 0.003, .directed = true}, rng),
          gilbert(10'000, 0.003, false, rng),
          erdos_renyi(10'000, 150'000, false, rng),
          erdos_renyi(10'000, 150'000, true, rng),
          barabasi_albert(40'000, 4, rng),
          watts_strogatz(40'000, 6, 0.1, rng),
          random_tree(150'000, rng),
      };
    };
    const std::vector<EdgeBlocks> first = drawn(1), other = drawn(2);
    for (std::size_t g = 0; g < first.size(); ++g) {
      CAPTURE(g);
      CHECK(first[g].blocks > 1);
      std::vector<NodeId> columns[3];
      for (int threads : {1, 2}) {
        const Threads limit(threads);
        const Graph graph = graph_of(first[g], g % 2 == 1);
        columns[threads - 1].assign(graph.adjacency().view().columns.begin(), graph.adjacency().view().columns.end());
      }
      const Graph graph = graph_of(other[g], g % 2 == 1);
      columns[2].assign(graph.adjacency().view().columns.begin(), graph.adjacency().view().columns.end());
      CHECK(columns[0] == columns[1]);
      CHECK(columns[0] != columns[2]);
    }
  }

  TEST_CASE("generators: R-MAT falls into quadrants by its probabilities, at every level independently") {
    constexpr int scale = 6;
    constexpr Offset count = 200'000;
    const double p[4] = {0.57, 0.19, 0.19, 0.05};
    const std::vector<Edge> edges = all_edges(rmat({.scale = scale, .edges = count}, Rng(7)));
    REQUIRE(Offset(edges.size()) == count);
    for (int level = 0; level < scale; ++level) {
      const int next = (level + 1) % scale;
      std::vector<double> found(16), expected;  // by the quadrants of this level and of the next
      for (const Edge& e : edges) {
        auto quadrant = [&](int l) {
          const int bit = scale - 1 - l;
          return (e.source >> bit & 1) * 2 + (e.target >> bit & 1);
        };
        ++found[std::size_t(quadrant(level) * 4 + quadrant(next))];
      }
      for (int q = 0; q < 16; ++q) expected.push_back(p[q / 4] * p[q % 4] * count);
      CHECK(chi_square(found, expected) < chi_limit(15));
    }
    // Other probabilities, one of them 0.
    std::vector<double> other(4);
    for (const Edge& e : all_edges(rmat({.scale = 1, .edges = 60'000, .a = 0.1, .b = 0.2, .c = 0.7}, Rng(8))))
      ++other[std::size_t(e.source * 2 + e.target)];
    CHECK(other[3] == 0);
    other.pop_back();
    CHECK(chi_square(other, {6000, 12'000, 42'000}) < chi_limit(2));
  }

  TEST_CASE("generators: pairs of nodes are numbered without gaps") {
    auto listed = [](const NodePairs& pairs) {
      std::set<std::pair<NodeId, NodeId>> all;
      for (Offset i = 0; i < pairs.count(); ++i) all.insert({pairs[i].source, pairs[i].target});
      return std::vector(all.begin(), all.end());
    };
    using Pairs = std::vector<std::pair<NodeId, NodeId>>;
    CHECK(listed(NodePairs::unordered(5, 3)) == Pairs{{5, 6}, {5, 7}, {6, 7}});
    CHECK(listed(NodePairs::ordered(5, 2)) == Pairs{{5, 6}, {6, 5}});
    CHECK(listed(NodePairs::ordered(0, 40)).size() == 40 * 39);
    CHECK(listed(NodePairs::rectangle(1, 2, 7, 2)) == Pairs{{1, 7}, {1, 8}, {2, 7}, {2, 8}});
    CHECK(NodePairs::unordered(0, 0).count() == 0);
    CHECK(NodePairs::ordered(0, 1).count() == 0);
    // At the far end of what ids can name, where a square root in double is not exact.
    const NodePairs large = NodePairs::unordered(0, 2'147'483'646);
    CHECK(large[large.count() - 1] == Edge{2'147'483'644, 2'147'483'645});
    for (Offset v : {Offset(94906267), Offset(1) << 30, Offset(2'147'483'645)}) {
      CHECK(large[v * (v - 1) / 2] == Edge{0, NodeId(v)});
      CHECK(large[v * (v - 1) / 2 - 1] == Edge{NodeId(v - 2), NodeId(v - 1)});
    }
  }

  TEST_CASE("generators: G(n, p) has binomial counts, every pair as often as another") {
    for (bool directed : {false, true}) {
      constexpr NodeId n = 12;
      constexpr double p = 0.3;
      const double pairs = directed ? n * (n - 1) : n * (n - 1) / 2;
      std::vector<double> counts;
      std::map<std::pair<NodeId, NodeId>, double> seen;
      for (std::uint64_t seed = 0; seed < 4000; ++seed) {
        const std::vector<Edge> edges = all_edges(gilbert(n, p, directed, Rng(seed)));
        counts.push_back(double(edges.size()));
        for (const Edge& e : edges) ++seen[{e.source, e.target}];
      }
      check_moments(counts, pairs * p, pairs * p * (1 - p));
      REQUIRE(double(seen.size()) == pairs);
      double chi = 0;  // every pair is binomial, and they are independent
      for (const auto& [pair, found] : seen) chi += std::pow(found - 4000 * p, 2) / (4000 * p * (1 - p));
      CHECK(chi < chi_limit(pairs));
    }
    CHECK(all_edges(gilbert(5, 1, false, Rng(0))).size() == 10);
    CHECK(all_edges(gilbert(5, 0, false, Rng(0))).empty());
    CHECK(all_edges(gilbert(0, 0.5, false, Rng(0))).empty());
    CHECK(all_edges(gilbert(1, 1, true, Rng(0))).empty());
    // Over many blocks: 2e9 pairs.
    const auto large = double(all_edges(gilbert(63'246, 1e-4, false, Rng(3))).size());
    const double expected = 63'246.0 * 63'245 / 2 * 1e-4;
    CHECK(std::abs(large - expected) < 4 * std::sqrt(expected));
  }

  TEST_CASE("generators: G(n, m) has m different edges, every set of them as likely as another") {
    constexpr NodeId n = 5;
    constexpr int m = 3, draws = 24'000;
    std::map<std::set<std::pair<NodeId, NodeId>>, double> seen;
    for (std::uint64_t seed = 0; seed < draws; ++seed) {
      std::set<std::pair<NodeId, NodeId>> graph;
      for (const Edge& e : all_edges(erdos_renyi(n, m, false, Rng(seed)))) graph.insert({e.source, e.target});
      REQUIRE(graph.size() == m);
      ++seen[graph];
    }
    REQUIRE(seen.size() == 120);  // 10 over 3
    std::vector<double> found;
    for (const auto& [graph, count] : seen) found.push_back(count);
    CHECK(chi_square(found, std::vector<double>(120, draws / 120.0)) < chi_limit(119));

    const Graph large = graph_of(erdos_renyi(3000, 500'000, false, Rng(1)));
    CHECK(large.edges() == 1'000'000);  // none repeats
    std::vector<double> degrees, expected;
    for (NodeId v = 0; v < 3000; ++v) degrees.push_back(double(large.adjacency().columns(v).size()));
    check_moments(degrees, 1'000'000 / 3000.0, 2999 * (1 / 9.0) * (8 / 9.0));  // hypergeometric, nearly binomial
    CHECK(graph_of(erdos_renyi(60, 60 * 59, true, Rng(1)), true).edges() == 60 * 59);  // all there are
    CHECK_THROWS_AS(erdos_renyi(3, 4, false, Rng(1)), std::logic_error);
  }

  TEST_CASE("generators: degrees of G(n, p) are binomial") {
    constexpr NodeId n = 4000;
    constexpr double p = 0.001;
    const Graph graph = graph_of(gilbert(n, p, false, Rng(11)));
    std::vector<double> found(11), expected(11);
    for (NodeId v = 0; v < n; ++v) ++found[std::min<std::size_t>(10, graph.adjacency().columns(v).size())];
    double rest = n, law = n * std::pow(1 - p, n - 1);
    for (int d = 0; d < 10; ++d) {
      expected[std::size_t(d)] = law, rest -= law;
      law *= (n - 1.0 - d) / (d + 1.0) * p / (1 - p);
    }
    expected[10] = rest;
    CHECK(chi_square(found, expected) < chi_limit(10));
  }

  TEST_CASE("generators: block densities") {
    for (bool directed : {false, true}) {
      const std::vector<NodeId> sizes{300, 500, 200};
      const std::vector<NodeId> start{0, 300, 800, 1000};
      const BlockModelRules rules{.sizes = sizes, .within = 0.2, .between = 0.05, .directed = directed};
      const std::vector<Edge> edges = all_edges(block_model(rules, Rng(5)));
      double found[3][3] = {};
      std::set<std::pair<NodeId, NodeId>> different;
      for (const Edge& e : edges) {
        auto community = [&](NodeId v) { return std::upper_bound(start.begin(), start.end(), v) - start.begin() - 1; };
        ++found[community(e.source)][community(e.target)];
        CHECK(e.source != e.target);
        different.insert({e.source, e.target});
      }
      CHECK(different.size() == edges.size());
      for (int a = 0; a < 3; ++a)
        for (int b = 0; b < 3; ++b) {
          const double size = sizes[std::size_t(a)], other = sizes[std::size_t(b)];
          const double pairs = a == b ? size * (size - 1) / (directed ? 1 : 2) : directed || a < b ? size * other : 0;
          const double p = a == b ? 0.2 : 0.05;
          INFO("directed " << directed << ", communities " << a << " and " << b);
          CHECK(std::abs(found[a][b] - pairs * p) <= 4 * std::sqrt(pairs * p * (1 - p)));
        }
    }
  }

  TEST_CASE("generators: ends of a Barabasi-Albert graph are drawn in proportion to degrees") {
    // Of the small case every probability is known: the ends 2i + 1 repeat an end among [0, 2i].
    constexpr int draws = 30'000;
    std::map<std::pair<NodeId, NodeId>, double> seen;
    for (std::uint64_t seed = 0; seed < draws; ++seed) {
      const std::vector<Edge> e = all_edges(barabasi_albert(3, 1, Rng(seed)));
      REQUIRE(e[0] == Edge{0, 0});
      ++seen[{e[1].target, e[2].target}];
    }
    // Node 1 repeats 0, 0 or 1; node 2 an end of 0, 0, 1, that one, or 2.
    const std::vector<double> found{seen[{0, 0}], seen[{0, 1}], seen[{0, 2}], seen[{1, 0}], seen[{1, 1}], seen[{1, 2}]};
    std::vector<double> expected{6, 2, 2, 2, 2, 1};
    for (double& e : expected) e *= draws / 15.0;
    CHECK(chi_square(found, expected) < chi_limit(5));
    // The limit law of degrees with d = 1: P(k) = 4 / (k (k + 1) (k + 2)), a loop counting two.
    constexpr NodeId n = 200'000;
    std::vector<double> degree(n);
    for (const Edge& e : all_edges(barabasi_albert(n, 1, Rng(3)))) ++degree[e.source], ++degree[e.target];
    std::vector<double> of(20), law(20);
    double rest = n;
    for (double d : degree) ++of[std::min<std::size_t>(std::size_t(d), 20) - 1];
    for (int k = 1; k < 20; ++k) rest -= law[std::size_t(k - 1)] = 4.0 * n / (k * (k + 1.0) * (k + 2.0));
    law[19] = rest;
    CHECK(chi_square(of, law) < chi_limit(19));
    CHECK(all_edges(barabasi_albert(1000, 5, Rng(0))).size() == 5000);
  }

  TEST_CASE("generators: Watts-Strogatz rewires as often and as far as said") {
    constexpr NodeId n = 2000, degree = 6;
    auto moved = [&](double rewire) {
      const std::vector<Edge> edges = all_edges(watts_strogatz(n, degree, rewire, Rng(4)));
      REQUIRE(edges.size() == n * degree / 2);
      double count = 0;
      std::vector<double> where(8);
      for (std::size_t i = 0; i < edges.size(); ++i) {
        CHECK(edges[i].source == NodeId(i / 3));
        CHECK(edges[i].target != edges[i].source);
        const NodeId distance = (edges[i].target - edges[i].source + n) % n;
        if (distance == NodeId(1 + i % 3)) continue;
        ++count, ++where[std::size_t(distance) * 8 / n];
      }
      if (count > 0) CHECK(chi_square(where, std::vector<double>(8, count / 8)) < chi_limit(7));
      return count;
    };
    CHECK(moved(0) == 0);
    const double expected = 6000 * 0.3 * (n - 2) / (n - 1);  // one target in n - 1 is the old one
    CHECK(std::abs(moved(0.3) - expected) < 4 * std::sqrt(6000 * 0.3 * 0.7));
    CHECK(moved(1) > 5980);
    const Graph lattice = graph_of(watts_strogatz(10, 4, 0, Rng(0)));
    CHECK(lattice.edges() == 40);
    CHECK_THROWS_AS(watts_strogatz(4, 4, 0, Rng(0)), std::logic_error);
    CHECK_THROWS_AS(watts_strogatz(9, 3, 0, Rng(0)), std::logic_error);
  }

  TEST_CASE("generators: grids, rings, trees") {
    const Graph plane = graph_of(grid(3, 4));
    CHECK(plane.nodes() == 12);
    CHECK(plane.pairs().size() == 3 * 3 + 2 * 4);
    CHECK(std::ranges::equal(plane.adjacency().columns(5), std::vector<NodeId>{1, 4, 6, 9}));
    const Graph torus = graph_of(grid(3, 4, true));
    CHECK(torus.pairs().size() == 24);
    CHECK(std::ranges::equal(torus.adjacency().columns(0), std::vector<NodeId>{1, 3, 4, 8}));
    CHECK(graph_of(grid(0, 7)).nodes() == 0);
    CHECK(graph_of(grid(1, 1, true)).edges() == 0);
    CHECK(graph_of(grid(1, 1, true), true).self_loops() == 1);
    CHECK(graph_of(ring(5)).pairs().size() == 5);
    CHECK(graph_of(ring(2)).pairs().size() == 1);
    CHECK(graph_of(ring(5), true).edges() == 5);
    const Graph binary = graph_of(tree(2, 3));
    CHECK(binary.nodes() == 15);
    CHECK(binary.pairs().size() == 14);
    CHECK(components(binary).count == 1);
    CHECK(std::ranges::equal(binary.adjacency().columns(2), std::vector<NodeId>{0, 5, 6}));
    CHECK(graph_of(tree(1, 4)).nodes() == 5);
    CHECK(graph_of(tree(7, 0)).nodes() == 1);
    CHECK(tree_nodes(2, 29) == (1 << 30) - 1);
    CHECK(tree_nodes(2, 31) == -1);
    CHECK(tree_nodes(1, 2'147'483'600) == 2'147'483'601);
    const Graph random = graph_of(random_tree(1000, Rng(1)));
    CHECK(random.pairs().size() == 999);
    CHECK(components(random).count == 1);
    CHECK(graph_of(random_tree(0, Rng(1))).nodes() == 0);
    std::vector<double> parents(4);
    for (std::uint64_t seed = 0; seed < 8000; ++seed)
      ++parents[std::size_t(all_edges(random_tree(5, Rng(seed))).back().source)];
    CHECK(chi_square(parents, std::vector<double>(4, 2000)) < chi_limit(3));
  }
}
