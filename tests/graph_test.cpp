// What a graph answers: propagation, messages, parts and unions, degrees.
#include <doctest/doctest.h>
#include <pfm/graph/batch.h>
#include <pfm/graph/build.h>
#include <pfm/graph/degrees.h>
#include <pfm/tests/same_dataset.h>

#include <algorithm>
#include <cmath>

using namespace pfm;

namespace {

constexpr BuildRules as_listed{.undirected = false, .self_loops = BuildRules::SelfLoops::keep};

// 0 -> 1 (w 2), 2 -> 1 (w 3), 1 -> 1 (w 4), 3 isolated.
Graph directed() {
  return build_graph(4, std::vector<Edge>{{0, 1}, {2, 1}, {1, 1}}, std::vector<Real>{2, 3, 4}, as_listed);
}

Real entry(const Sparse& a, NodeId row, NodeId column) {
  for (std::size_t e = 0; e < a.columns(row).size(); ++e)
    if (a.columns(row)[e] == column) return a.weighted() ? a.values(row)[e] : 1;
  return 0;
}

}  // namespace

TEST_SUITE("graph") {
  TEST_CASE("a graph from incoming edges is the graph") {
    const Graph g = directed(), other = Graph::from_incoming(g.incoming());
    CHECK(same(other.adjacency(), g.adjacency()));
    CHECK(same(other.incoming(), g.incoming()));
    CHECK(same(other.propagation(), g.propagation()));
    CHECK(other.messages(Loops::remaining).edge == g.messages(Loops::remaining).edge);
    CHECK(other.pairs() == g.pairs());
    CHECK(other.edges() == 3);
    CHECK(other.nodes() == 4);
    CHECK(!other.undirected());
  }
  TEST_CASE("identity rows gathered are rows of the identity") {
    const Features x = Features::identity(4).gather(std::vector<NodeId>{3, 0, 3});
    CHECK(x.rows() == 3);
    CHECK(x.cols() == 4);
    CHECK(std::ranges::equal(x.sparse().view().columns, std::vector<NodeId>{3, 0, 3}));
  }
  TEST_CASE("symmetric propagation of a directed graph: weighted in-degrees on both sides, remaining loops") {
    const Graph g = directed();
    const Sparse& a = g.propagation();
    CHECK(a.nonzeros() == 6);
    CHECK(entry(a, 1, 0) == doctest::Approx(2 / std::sqrt(9.0 * 1.0)));
    CHECK(entry(a, 1, 2) == doctest::Approx(3 / std::sqrt(9.0 * 1.0)));
    CHECK(entry(a, 1, 1) == doctest::Approx(4 / 9.0));
    CHECK(entry(a, 0, 0) == 1);
    CHECK(entry(a, 3, 3) == 1);
    CHECK(entry(a, 0, 1) == 0);
  }
  TEST_CASE("no loops: degree 0 gives 0; rows sum to 1; loop weights; unweighted") {
    const Sparse none = directed().propagation({.loops = Loops::as_given});
    CHECK(entry(none, 1, 0) == 0);  // node 0 receives nothing
    CHECK(entry(none, 1, 1) == doctest::Approx(4 / 9.0));
    const Sparse row = directed().propagation({.norm = Norm::row, .loops = Loops::as_given});
    CHECK(entry(row, 1, 0) == doctest::Approx(2 / 9.0));
    const Sparse improved = directed().propagation({.loop = 2});
    CHECK(entry(improved, 0, 0) == doctest::Approx(1));
    CHECK(entry(improved, 1, 0) == doctest::Approx(2 / std::sqrt(9.0 * 2.0)));
    const Sparse replaced = directed().propagation({.norm = Norm::none, .loops = Loops::replaced, .loop = 5});
    CHECK(entry(replaced, 1, 1) == 5);
    const Sparse bare = directed().propagation({.norm = Norm::none, .weighted = false});
    CHECK(!bare.weighted());
    CHECK(bare.nonzeros() == 6);
  }
  TEST_CASE("propagation of an undirected graph shares its transpose") {
    const Graph g = build_graph(3, std::vector<Edge>{{0, 1}, {1, 2}}, std::vector<Real>{Real(0.3), Real(0.7)});
    const Sparse& a = g.propagation();
    CHECK(&a.transpose() == &a);
    for (NodeId u = 0; u < 3; ++u)
      for (NodeId v = 0; v < 3; ++v) CHECK(entry(a, u, v) == entry(a, v, u));
    const Sparse& row = g.propagation({.norm = Norm::row});
    CHECK(&row.transpose() != &row);
  }
  TEST_CASE("messages know their edge") {
    const Graph g = directed();
    const Messages& given = g.messages();
    CHECK(given.edge == std::vector<Offset>{0, 1, 2});
    const Messages& replaced = g.messages(Loops::replaced);
    CHECK(replaced.along.nonzeros() == 6);
    CHECK(replaced.edge == std::vector<Offset>{-1, 0, -1, 2, -1, -1});
    const Messages& remaining = g.messages(Loops::remaining);
    CHECK(remaining.edge == std::vector<Offset>{-1, 0, 1, 2, -1, -1});
  }
  TEST_CASE("induced keeps order, attributes, segments and what was hidden") {
    std::vector<Offset> origin;
    const Graph plain = build_graph(5, std::vector<Edge>{{0, 1}, {1, 2}, {3, 4}}, {}, {}, &origin);
    Matrix attributes(plain.edges(), 1);
    for (Offset e = 0; e < plain.edges(); ++e) attributes(e, 0) = Real(origin[e]);
    Batch b;
    b.graph = Graph(plain.adjacency(), std::move(attributes));
    b.x = Matrix(5, 1, {10, 11, 12, 13, 14});
    b.segments = {0, 3, 5};
    b.samples = {7, 8};
    b.hidden_nodes = {0, 4};
    b.hidden_edges = {{1, 2}, {0, 4}};
    const Batch part = induced(b, std::vector<NodeId>{2, 1, 4});
    CHECK(part.graph.edges() == 2);
    CHECK(part.graph.adjacency().columns(0)[0] == 1);
    CHECK(part.graph.edge_attributes()(0, 0) == 1);
    CHECK(part.x.dense()(0, 0) == 12);
    CHECK(part.ids == std::vector<NodeId>{2, 1, 4});
    CHECK(part.segments == std::vector<Offset>{0, 2, 3});
    CHECK(part.hidden_nodes == std::vector<NodeId>{2});
    CHECK(part.hidden_edges == std::vector<Edge>{{1, 0}});
    CHECK(induced(part, std::vector<NodeId>{2}).ids == std::vector<NodeId>{4});
    CHECK(induced(b, {}).rows() == 0);
    CHECK_THROWS_AS(induced(b, std::vector<NodeId>{1, 1}), std::logic_error);
    CHECK_THROWS_AS(induced(b, std::vector<NodeId>{4, 0}), std::logic_error);
  }
  TEST_CASE("disjoint union, and back by induced") {
    Batch a, b;
    a.graph = build_graph(2, std::vector<Edge>{{0, 1}});
    a.x = Matrix(2, 2, {1, 0, 0, 2});
    a.ids = {5, 6};
    a.samples = {3};
    a.hidden_nodes = {1};
    b.graph = build_graph(3, std::vector<Edge>{{0, 2}}, std::vector<Real>{4});
    b.x = Features(Matrix(3, 2, {0, 0, 3, 0, 0, 4})).as_sparse();
    b.ids = {7, 8, 9};
    b.segments = {0, 0, 3};
    b.samples = {4, 5};
    b.hidden_edges = {{0, 2}};
    const Batch all = disjoint_union(std::vector<Batch>{a, b});
    CHECK(all.rows() == 5);
    CHECK(all.graph.undirected());
    CHECK(all.segments == std::vector<Offset>{0, 2, 2, 5});
    CHECK(all.samples == std::vector<std::int64_t>{3, 4, 5});
    CHECK(all.ids == std::vector<NodeId>{5, 6, 7, 8, 9});
    CHECK(entry(all.graph.adjacency(), 2, 4) == 4);
    CHECK(entry(all.graph.adjacency(), 0, 1) == 1);
    CHECK(all.x.as_dense()(3, 0) == 3);
    CHECK(all.hidden_nodes == std::vector<NodeId>{1});
    CHECK(all.hidden_edges == std::vector<Edge>{{2, 4}});
    const Batch back = induced(all, std::vector<NodeId>{2, 3, 4});
    CHECK(back.x.as_dense()(2, 1) == 4);
    CHECK(back.ids == b.ids);
    CHECK(disjoint_union({}).rows() == 0);
    a.ids.clear();
    CHECK_THROWS_AS(disjoint_union(std::vector<Batch>{a, b}), std::logic_error);
  }
  TEST_CASE("degrees") {
    const Degrees d = degrees(build_graph(4, std::vector<Edge>{{0, 1}, {0, 2}}));
    CHECK(d.min == 0);
    CHECK(d.max == 2);
    CHECK(d.mean == 1);
    CHECK(d.isolated == 1);
    CHECK(degrees(directed()).isolated == 1);  // node 1 sends to itself only, 0 and 2 receive nothing
    CHECK(degrees(Graph()).mean == 0);
  }
}
