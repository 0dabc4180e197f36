#include <doctest/doctest.h>
#include <pfm/graph/build.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/centrality.h>
#include <pfm/selfsup/corruption.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

using namespace pfm;

namespace {

// A ring of `nodes` with sparse rows: row i holds columns i mod 7 and 7 + i mod 5, values i + 1 and 1.
Batch ring(NodeId nodes, bool attributes = false) {
  std::vector<Edge> edges;
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  std::vector<Real> values;
  for (NodeId i = 0; i < nodes; ++i) {
    edges.push_back({i, NodeId((i + 1) % nodes)});
    columns.insert(columns.end(), {NodeId(i % 7), NodeId(7 + i % 5)});
    values.insert(values.end(), {Real(i + 1), 1});
    offsets.push_back(Offset(columns.size()));
  }
  Batch batch;
  batch.graph = build_graph(nodes, edges);
  if (attributes) {
    const Sparse& a = batch.graph.adjacency();
    Matrix x(a.nonzeros(), 1);
    std::vector<std::int32_t> types;
    for (Offset e = 0; e < a.nonzeros(); ++e) x(e, 0) = Real(e), types.push_back(std::int32_t(e % 3));
    batch.graph = Graph(a, std::move(x), std::move(types));
  }
  batch.x = Sparse(nodes, 12, std::move(offsets), std::move(columns), std::move(values));
  return batch;
}

// |found - expected| in standard deviations of a binomial count.
double deviations(double found, double n, double p) { return std::abs(found - n * p) / std::sqrt(n * p * (1 - p)); }

bool same(const Batch& a, const Batch& b) {
  const CsrView &x = a.graph.adjacency().view(), &y = b.graph.adjacency().view();
  const Matrix p = a.x.as_dense(), q = b.x.as_dense();
  return std::ranges::equal(x.offsets, y.offsets) && std::ranges::equal(x.columns, y.columns) && p.same_shape(q) &&
         std::ranges::equal(p.values(), q.values());
}

}  // namespace

TEST_SUITE("corruption") {
  TEST_CASE("shuffled rows are a uniform permutation; edges stay") {
    const Batch batch = ring(3);
    std::map<std::array<int, 3>, double> counts;
    const int draws = 6000;
    for (int seed = 0; seed < draws; ++seed) {
      const Batch view = shuffle_rows()(batch, Rng(std::uint64_t(seed)));
      CHECK(view.x.is_sparse());
      const Matrix x = view.x.as_dense();
      std::array<int, 3> order{};
      for (Offset i = 0; i < 3; ++i) order[std::size_t(i)] = int(*std::ranges::max_element(x.row(i)));
      counts[order] += 1;
    }
    CHECK(counts.size() == 6);
    double chi = 0;
    for (const auto& [order, count] : counts) chi += (count - draws / 6.0) * (count - draws / 6.0) / (draws / 6.0);
    CHECK(chi < 25.7);  // 5 degrees of freedom, 1e-4
  }
  TEST_CASE("edges fall out one by one at their rate; attributes and types follow") {
    const Batch batch = ring(20000, true);
    const Batch view = drop_edges(0.3)(batch, Rng(4));
    const double all = double(batch.graph.edges());
    CHECK(deviations(all - double(view.graph.edges()), all, 0.3) < 4.5);
    CHECK(!view.graph.undirected());
    CHECK(view.graph.edge_attributes().rows() == view.graph.edges());
    const CsrView &before = batch.graph.adjacency().view(), &after = view.graph.adjacency().view();
    bool right = true;
    double both = 0, pairs = 0;  // the reverse of a kept entry is kept at the same rate
    for (NodeId u = 0; u < view.graph.nodes(); ++u)
      for (Offset e = after.offsets[u]; e < after.offsets[u + 1]; ++e) {
        const auto original = Offset(view.graph.edge_attributes()(e, 0));
        right &= before.columns[original] == after.columns[e] && before.offsets[u] <= original &&
                 original < before.offsets[u + 1] && view.graph.edge_types()[e] == original % 3;
        pairs += 1, both += std::ranges::binary_search(view.graph.adjacency().columns(after.columns[e]), u);
      }
    CHECK(right);
    CHECK(deviations(both, pairs, 0.7) < 6.4);  // pairs are counted from both ends: sqrt 2 more
    CHECK(drop_edges(0)(batch, Rng(1)).graph.edges() == batch.graph.edges());
    CHECK(drop_edges(1)(batch, Rng(1)).graph.edges() == 0);
  }
  TEST_CASE("columns fall out whole") {
    Matrix ones = Matrix::filled(3, 20000, 1);
    Batch batch = ring(3);
    batch.x = Features(std::move(ones));
    const Batch view = drop_columns(0.4)(batch, Rng(2));
    double gone = 0;
    for (Offset j = 0; j < view.x.cols(); ++j) {
      CHECK((view.x.dense()(0, j) == view.x.dense()(1, j) && view.x.dense()(1, j) == view.x.dense()(2, j)));
      gone += view.x.dense()(0, j) == 0;
    }
    CHECK(deviations(gone, 20000, 0.4) < 4.5);
  }
  TEST_CASE("masked nodes are named, zero and as many as asked") {
    const Batch batch = ring(1001);
    const Batch view = mask_nodes(0.5)(batch, Rng(9));
    CHECK(view.hidden_nodes.size() == 500);
    CHECK(view.x.is_sparse());
    CHECK(std::ranges::is_sorted(view.hidden_nodes));
    for (NodeId v = 0; v < 1001; ++v)
      CHECK(view.x.sparse().columns(v).size() == (std::ranges::binary_search(view.hidden_nodes, v) ? 0u : 2u));
    std::vector<double> hidden(11, 0);
    const int draws = 4000;
    for (int seed = 0; seed < draws; ++seed)
      for (const NodeId v : mask_nodes(0.3)(ring(11), Rng(std::uint64_t(seed))).hidden_nodes)
        hidden[std::size_t(v)] += 1;
    for (const double count : hidden) CHECK(deviations(count, draws, 3.0 / 11) < 4.5);
  }
  TEST_CASE("chances of single entries and columns are theirs") {
    const Batch batch = ring(100);
    std::vector<double> entries, columns{1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};
    for (Offset e = 0; e < batch.graph.edges(); ++e) entries.push_back(e % 2 == 0 ? 1 : 0);
    const Batch view = (drop_edges(entries) | drop_columns(columns))(batch, Rng(1));
    CHECK(view.graph.edges() == batch.graph.edges() / 2);
    const Matrix before = batch.x.as_dense(), after = view.x.as_dense();
    for (Offset i = 0; i < 100; ++i)
      for (Offset j = 0; j < 12; ++j) CHECK(after(i, j) == (columns[std::size_t(j)] == 1 ? 0 : before(i, j)));
  }
  TEST_CASE("masked nodes whose rows are replaced hold rows of others") {
    const Batch batch = ring(1001);
    const Batch view = mask_nodes(0.5, 0.1)(batch, Rng(9));
    REQUIRE(view.hidden_nodes.size() == 500);
    CHECK(std::set<NodeId>(view.hidden_nodes.begin(), view.hidden_nodes.end()).size() == 500);
    int moved = 0;
    for (std::size_t i = 0; i < 500; ++i) {
      const NodeId v = view.hidden_nodes[i];
      CHECK(view.x.sparse().columns(v).size() == (i < 450 ? 0u : 2u));
      if (i >= 450) moved += view.x.sparse().values(v)[0] != Real(v + 1);
    }
    CHECK(moved >= 48);  // a row may be drawn for itself
    const Batch some_left = mask_nodes(0.5, 0.1, 0.3)(batch, Rng(9));
    REQUIRE(some_left.hidden_nodes.size() == 500);
    for (std::size_t i = 0; i < 500; ++i) {
      const NodeId v = some_left.hidden_nodes[i];
      CHECK(some_left.x.sparse().columns(v).size() == (i < 300 ? 0u : 2u));
      if (i >= 350) CHECK(some_left.x.sparse().values(v)[0] == Real(v + 1));
    }
  }
  TEST_CASE("hidden edges are named and gone, at their rate; the rest is undirected") {
    const Batch batch = ring(20000);
    const double all = double(batch.graph.edges());
    for (const bool pairs : {false, true}) {
      const Batch view = (pairs ? hide_pairs(0.7) : hide_edges(0.7))(batch, Rng(4));
      CHECK(deviations(double(view.hidden_edges.size()) / (pairs ? 2 : 1), all / (pairs ? 2 : 1), 0.7) < 4.5);
      CHECK(view.graph.undirected());
      double seen = 0;  // through the other direction
      for (const auto& [u, v] : view.hidden_edges)
        seen += std::ranges::binary_search(view.graph.adjacency().columns(u), v);
      if (pairs)
        CHECK(seen == 0);
      else
        CHECK(deviations(seen, double(view.hidden_edges.size()), 0.3) < 6.4);
    }
  }
  TEST_CASE("paths: walks of the steps asked, from the nodes or entries asked") {
    const Batch batch = ring(20000);
    const Batch once = hide_paths(0.5, 1, PathStart::node)(batch, Rng(4));
    CHECK(once.hidden_edges.size() == 10000);  // from different nodes: different entries
    double forward = 0;
    for (const auto& [u, v] : once.hidden_edges) forward += v == (u + 1) % 20000;
    CHECK(deviations(forward, 10000, 0.5) < 4.5);
    // Two entries a node at rate 1/2: an entry stays unless a walk of its source takes it, chance 1 - (3/4)^2.
    const Batch entries = hide_paths(0.5, 1, PathStart::entry)(batch, Rng(4));
    CHECK(deviations(double(entries.hidden_edges.size()), 40000, 1 - 0.5625) < 6.4);
    CHECK(hide_paths(0.5, 3, PathStart::node)(batch, Rng(4)).hidden_edges.size() > 10000);
  }
  TEST_CASE("GCA's chances: their mean is the rate, what matters more falls out less, never above the cap") {
    const Graph graph = io::builtin("karate").all.graph;
    for (const char* kind : {"degree", "pagerank", "eigenvector"}) {
      const std::vector<double> matters = centrality(graph, kind), chances = edge_drop_chances(graph, matters, 0.2);
      CHECK(std::accumulate(chances.begin(), chances.end(), 0.0) / double(chances.size()) == doctest::Approx(0.2));
      const auto targets = graph.adjacency().view().columns;
      for (std::size_t e = 0; e < chances.size(); ++e)
        for (std::size_t f = 0; f < chances.size(); ++f)
          if (matters[std::size_t(targets[e])] > matters[std::size_t(targets[f])]) CHECK(chances[e] <= chances[f]);
      CHECK(std::ranges::max(edge_drop_chances(graph, matters, 0.6)) == 0.7);
    }
    CHECK(edge_drop_chances(ring(5).graph, centrality(ring(5).graph, "degree"), 0.3) == std::vector<double>(10, 0.3));
    CHECK_THROWS_AS(centrality(graph, "fame"), Error);
  }
  TEST_CASE("dropped nodes take their edges with them") {
    const Batch view = drop_nodes(0.25)(ring(100), Rng(1));
    CHECK(view.rows() == 75);
    CHECK(view.graph.undirected());
    CHECK(view.x.is_sparse());
    for (NodeId v = 0; v < 75; ++v) CHECK(view.x.sparse().values(v)[0] == Real(view.ids[std::size_t(v)] + 1));
  }
  TEST_CASE("joined ones work in order and draw from different streams") {
    const Batch batch = ring(50);
    const Batch joined = (drop_edges(0.5) | drop_edges(0.5))(batch, Rng(3));
    const Batch once = drop_edges(0.5)(batch, Rng(3).split(0));
    CHECK(same(joined, drop_edges(0.5)(once, Rng(3).split(1))));
    CHECK(joined.graph.edges() < once.graph.edges());
  }
  TEST_CASE("same bits at any number of threads, sparse rows stay sparse") {
    const Batch batch = ring(40000);
    for (const Corruption& corrupt :
         {shuffle_rows(), drop_edges(0.3), drop_columns(0.3), mask_nodes(0.3), mask_nodes(0.3, 0.1), drop_nodes(0.3),
          hide_edges(0.3), hide_pairs(0.3), hide_paths(0.3, 2, PathStart::node)}) {
      std::vector<Batch> views;
      for (const int threads : {1, 2}) {
        const Threads limit(threads);
        views.push_back(corrupt(batch, Rng(8)));
        CHECK(views.back().x.is_sparse());
      }
      CHECK(same(views[0], views[1]));
    }
  }
  TEST_CASE("identity rows and graphs without edges are corrupted too") {
    Batch batch;
    batch.graph = Graph::without_edges(4);
    batch.x = Features::identity(4);
    for (const Corruption& corrupt :
         {shuffle_rows(), drop_edges(0.5), drop_columns(0.5), mask_nodes(0.5), mask_nodes(0.5, 0.5), drop_nodes(0.5),
          hide_edges(0.5), hide_pairs(0.5), hide_paths(0.5, 2, PathStart::node)}) {
      const Batch view = corrupt(batch, Rng(1));
      CHECK(view.graph.edges() == 0);
      CHECK(view.x.rows() == view.rows());
    }
  }
}
