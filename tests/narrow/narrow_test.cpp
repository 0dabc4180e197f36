// See CMakeLists.txt: NodeId has 16 bits here, Offset 32.
#include <pfm/graph/build.h>
#include <pfm/graph/components.h>
#include <pfm/graph/degrees.h>
#include <pfm/graph/features.h>
#include <pfm/graph/relations.h>
#include <pfm/kernels/random.h>
#include <pfm/kernels/spmm.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "../same_dataset.h"

using namespace pfm;
static_assert(sizeof(NodeId) == 2 && sizeof(Offset) == 4);

namespace {

constexpr NodeId nodes = 3000;

std::vector<Edge> drawn() {
  std::vector<Edge> edges;
  for (std::uint64_t i = 0; i < 200000; ++i)
    edges.push_back({NodeId(Rng(1).below(i, nodes)), NodeId(Rng(2).below(i, nodes))});
  return edges;
}

}  // namespace

TEST_SUITE("narrow") {
  TEST_CASE("a directed graph of more entries than nodes have numbers") {
    const std::vector<Edge> edges = drawn();
    const Graph graph = build_graph(nodes, edges, {}, {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
    const std::set<Edge> expected(edges.begin(), edges.end());
    REQUIRE(expected.size() > 150000);
    REQUIRE(std::size_t(graph.edges()) == expected.size());
    const CsrView& a = graph.adjacency().view();
    auto next = expected.begin();
    bool equal = true;
    for (NodeId u = 0; u < nodes; ++u)
      for (Offset e = a.offsets[u]; e < a.offsets[u + 1]; ++e, ++next) equal = equal && *next == Edge{u, a.columns[e]};
    CHECK(equal);
    // The transpose of the transpose, and the order of its entries.
    const Sparse& t = graph.incoming();
    CHECK(same(Sparse(t).transpose(), graph.adjacency()));
    const auto order = graph.adjacency().transpose_order();
    bool ordered = true;
    for (NodeId v = 0; v < nodes; ++v)
      for (Offset e = t.view().offsets[v]; e < t.view().offsets[v + 1]; ++e)
        ordered = ordered && a.columns[order[e]] == v;
    CHECK(ordered);
    CHECK(graph.self_loops() == std::ranges::count_if(expected, [](const Edge& e) { return e.source == e.target; }));
    CHECK(degrees(graph).mean == doctest::Approx(double(expected.size()) / nodes));
    CHECK(components(graph).count == 1);
  }

  TEST_CASE("normalised forms, products, unions") {
    const std::vector<Edge> edges = drawn();
    std::vector<Real> weights(edges.size(), Real(0.5));
    std::vector<Offset> origin;
    const Graph graph = build_graph(nodes, edges, weights, {}, &origin);
    REQUIRE(graph.edges() > 300000);
    CHECK(*std::ranges::max_element(origin) > 190000);
    const Sparse& a = graph.propagation();
    Matrix ones = Matrix::filled(nodes, 3, 1), sums(nodes, 3);
    spmm(graph.propagation({.norm = Norm::row}).view(), ones, sums);
    Real furthest = 0;
    for (Real v : sums.values()) furthest = std::max(furthest, std::abs(v - 1));
    CHECK(furthest < Real(1e-4));
    CHECK(a.nonzeros() == graph.edges() + nodes);
    CHECK(graph.messages(Loops::replaced).edge.back() == -1);
    CHECK(Offset(graph.pairs().size()) == graph.edges() / 2);
    Batch batch;
    batch.graph = graph;
    batch.x = Features::identity(nodes);
    const std::vector<Batch> two{[&] { return Batch(batch); }(), Batch(batch)};
    const Batch joined = disjoint_union(two);
    CHECK(joined.graph.edges() == 2 * graph.edges());
    std::vector<NodeId> half;
    for (NodeId v = 0; v < nodes; v += 2) half.push_back(v);
    CHECK(induced(batch, half).graph.edges() > 70000);
  }
}
