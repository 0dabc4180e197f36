#include <doctest/doctest.h>
#include <pfm/graph/build.h>
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/corruption.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

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
         {shuffle_rows(), drop_edges(0.3), drop_columns(0.3), mask_nodes(0.3), drop_nodes(0.3)}) {
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
         {shuffle_rows(), drop_edges(0.5), drop_columns(0.5), mask_nodes(0.5), drop_nodes(0.5)}) {
      const Batch view = corrupt(batch, Rng(1));
      CHECK(view.graph.edges() == 0);
      CHECK(view.x.rows() == view.rows());
    }
  }
}
