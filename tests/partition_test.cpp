// Graphs and data sets in parts: partitions, held-out links, pairs without an edge, scaffolds.
#include <doctest/doctest.h>
#include <pfm/graph/build.h>
#include <pfm/graph/link_split.h>
#include <pfm/graph/non_edges.h>
#include <pfm/graph/partition.h>
#include <pfm/graph/scaffold_split.h>
#include <pfm/io/builtin.h>

#include <algorithm>
#include <set>

using namespace pfm;

namespace {

// `cliques` complete graphs of `size` nodes, each joined to the next by one edge, in a ring.
Graph ring_of_cliques(NodeId cliques, NodeId size) {
  std::vector<Edge> edges;
  for (NodeId c = 0; c < cliques; ++c) {
    for (NodeId i = 0; i < size; ++i)
      for (NodeId j = i + 1; j < size; ++j) edges.push_back({c * size + i, c * size + j});
    edges.push_back({c * size, (c + 1) % cliques * size + 1});
  }
  return build_graph(cliques * size, edges);
}

std::vector<Offset> sizes(std::span<const std::int32_t> part, std::int32_t parts) {
  std::vector<Offset> count(std::size_t(parts), 0);
  for (const std::int32_t p : part) {
    REQUIRE((0 <= p && p < parts));
    ++count[std::size_t(p)];
  }
  return count;
}

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("METIS finds the cliques") {
    const Graph g = ring_of_cliques(4, 25);
    const std::vector<std::int32_t> part = partition_metis(g, 4);
    CHECK(sizes(part, 4) == std::vector<Offset>(4, 25));
    CHECK(cut_entries(g, part) == 8);
    CHECK(partition_metis(g, 4) == part);
    CHECK(partition_metis(g, 1) == std::vector<std::int32_t>(100, 0));
    CHECK(partition_metis(Graph(), 3).empty());
    CHECK(sizes(partition_metis(io::builtin("cora").all.graph, 7), 7).size() == 7);  // isolated nodes and all
  }
  TEST_CASE("streaming partition: nodes follow their neighbours while there is room") {
    // 0-1 in part 0 (1 follows 0 before a tie could send it on), 2 apart in the emptier part, 3 with 2.
    const Graph g = build_graph(4, std::vector<Edge>{{0, 1}, {2, 3}});
    CHECK(partition_ldg(g, 2, 1) == std::vector<std::int32_t>{0, 0, 1, 1});
    // A clique of four does not fit into parts of two: the third goes where it is empty.
    std::vector<Edge> clique;
    for (NodeId i = 0; i < 4; ++i)
      for (NodeId j = i + 1; j < 4; ++j) clique.push_back({i, j});
    CHECK(partition_ldg(build_graph(4, clique), 2, 1) == std::vector<std::int32_t>{0, 0, 1, 1});
    const Graph cliques = ring_of_cliques(8, 20);
    const std::vector<std::int32_t> part = partition_ldg(cliques, 8);
    for (const Offset size : sizes(part, 8)) CHECK(size <= 21);
    CHECK(cut_entries(cliques, part) < cliques.edges() / 4);  // a random partition cuts 7 of 8
    CHECK(partition_ldg(Graph(), 3).empty());
  }
  TEST_CASE("pairs without an edge: all of them when all are asked for") {
    const std::vector<Edge> edges{{0, 1}, {1, 3}, {2, 3}};
    std::vector<Edge> others = draw_non_edges(5, edges, 7, Rng(1));
    std::ranges::sort(others);
    CHECK(others == std::vector<Edge>{{0, 2}, {0, 3}, {0, 4}, {1, 2}, {1, 4}, {2, 4}, {3, 4}});
    CHECK(draw_non_edges(5, edges, 0, Rng(1)).empty());
    CHECK(draw_non_edges(0, {}, 0, Rng(1)).empty());
    CHECK_THROWS_AS(draw_non_edges(5, edges, 8, Rng(1)), std::logic_error);
    std::vector<Edge> dense;  // a fifth of all pairs: trials often meet an edge
    for (NodeId u = 0; u < 200; ++u)
      for (NodeId v = u + 1; v < 200; v += 5) dense.push_back({u, v});
    for (const Edge e : draw_non_edges(200, dense, 1000, Rng(3))) CHECK(!std::ranges::binary_search(dense, e));
    const std::vector<Edge> few = draw_non_edges(1'000'000, edges, 1000, Rng(2));
    CHECK(std::set<Edge>(few.begin(), few.end()).size() == 1000);
    for (const Edge e : few) CHECK(e.source < e.target);
  }
  TEST_CASE("held-out pairs leave a directed graph in both directions") {
    Dataset data;
    std::vector<Edge> edges;
    for (NodeId v = 0; v < 60; ++v) edges.push_back({v, (v + 1) % 60}), edges.push_back({v, (v + 7) % 60});
    for (NodeId v = 0; v < 60; v += 2) edges.push_back({(v + 1) % 60, v});
    data.all.graph = build_graph(60, edges, {}, {.undirected = false});
    const HeldOut held = hold_out_edges(data, Rng(4));
    CHECK(held.test.size() == 12);
    CHECK(held.validation.size() == 6);
    const Graph left = without_pairs(data.all.graph, held.test);
    for (const Edge e : held.test) {
      CHECK(!std::ranges::binary_search(left.adjacency().columns(e.source), e.target));
      CHECK(!std::ranges::binary_search(left.adjacency().columns(e.target), e.source));
    }
    CHECK(left.pair_count() == 108);
  }
  TEST_CASE("scaffolds stay together, large groups to training") {
    std::vector<std::string> keys;
    for (const char c : std::string("aabacdbaefaabgbahcij")) keys.push_back(c == 'c' ? "" : std::string(1, c));
    const ScaffoldSplit split = scaffold_split(keys);  // as the authors' rule, written in Python, splits them
    CHECK(split.train == std::vector<NodeId>{0, 1, 3, 7, 10, 11, 15, 2, 6, 12, 14, 4, 17, 19, 18, 16});
    CHECK(split.validation == std::vector<NodeId>{13, 9});
    CHECK(split.test == std::vector<NodeId>{8, 5});
    // One group above 80 %: to validation if it fits, else to testing, whatever its size.
    CHECK(scaffold_split({"x", "x", "x", "x", "x", "x", "x", "x", "x", "y"}).validation.size() == 9);
    CHECK(scaffold_split({"x", "x"}).test.size() == 2);
    CHECK(scaffold_split({}).train.empty());
  }
}
