// Many small graphs: batches of chosen ones, augmentations of each, folds and support vectors.
#include <doctest/doctest.h>
#include <pfm/encoders/readout.h>
#include <pfm/graph/build.h>
#include <pfm/graph/components.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/parallel.h>
#include <pfm/sampling/mini_batches.h>
#include <pfm/selfsup/augmentations.h>
#include <pfm/selfsup/protocol.h>
#include <pfm/selfsup/split.h>
#include <pfm/selfsup/support_vectors.h>
#include <pfm/selfsup/whole_graphs.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <ranges>
#include <set>

using namespace pfm;

namespace {

std::vector<NodeId> numbers(Offset n) {
  std::vector<NodeId> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), NodeId{0});
  return all;
}

bool same(const Batch& a, const Batch& b) {
  const CsrView &x = a.graph.adjacency().view(), &y = b.graph.adjacency().view();
  return std::ranges::equal(x.offsets, y.offsets) && std::ranges::equal(x.columns, y.columns) &&
         std::ranges::equal(x.values, y.values) && std::ranges::equal(a.graph.edge_types(), b.graph.edge_types()) &&
         std::ranges::equal(a.graph.edge_attributes().values(), b.graph.edge_attributes().values()) &&
         std::ranges::equal(a.x.as_dense().values(), b.x.as_dense().values()) && a.ids == b.ids &&
         a.segments == b.segments && a.samples == b.samples;
}

// Rings of 3, 4, .. nodes with weights, types and attributes, the row of node i is (i, 1).
Batch rings(NodeId count) {
  std::vector<Edge> edges;
  Batch all;
  all.segments = {0};
  for (NodeId g = 0; g < count; ++g) {
    const auto first = NodeId(all.segments.back()), size = NodeId(g + 3);
    for (NodeId i = 0; i < size; ++i) edges.push_back({NodeId(first + i), NodeId(first + (i + 1) % size)});
    all.segments.push_back(first + size);
    all.samples.push_back(g);
  }
  const auto nodes = NodeId(all.segments.back());
  const Graph plain = build_graph(nodes, edges);
  std::vector<Real> weights;
  std::vector<std::int32_t> types;
  Matrix attributes(plain.edges(), 2), x(nodes, 2);
  for (NodeId u = 0; u < nodes; ++u)
    for (const NodeId v : plain.adjacency().columns(u)) {
      attributes(Offset(types.size()), 0) = Real(u + v), attributes(Offset(types.size()), 1) = Real(u * v);
      weights.push_back(Real(u + v)), types.push_back((u + v) % 3);
    }
  for (NodeId v = 0; v < nodes; ++v) x(v, 0) = Real(v), x(v, 1) = 1;
  all.graph = Graph(plain.adjacency().with_values(std::move(weights)), std::move(attributes), std::move(types));
  all.x = Features(std::move(x));
  return all;
}

// The rows of the chosen samples, one after the other.
std::vector<NodeId> rows_of(const Batch& all, std::span<const NodeId> chosen) {
  std::vector<NodeId> rows;
  for (const NodeId g : chosen)
    for (Offset v = all.segments[std::size_t(g)]; v < all.segments[std::size_t(g) + 1]; ++v) rows.push_back(NodeId(v));
  return rows;
}

Offset pairs_in(const Batch& batch, std::size_t g) {
  Offset entries = 0;
  for (Offset v = batch.segments[g]; v < batch.segments[g + 1]; ++v)
    entries += Offset(batch.graph.adjacency().columns(v).size());
  return entries / 2;
}

Offset size_of(const Batch& batch, std::size_t g) { return batch.segments[g + 1] - batch.segments[g]; }

// Graphs of two classes: half of them rings, half of them stars; every node's row is 1.
Dataset rings_and_stars(NodeId count) {
  std::vector<Edge> edges;
  Dataset data;
  data.name = "rings and stars";
  data.task = Task::graph;
  data.all.segments = {0};
  for (NodeId g = 0; g < count; ++g) {
    const auto first = NodeId(data.all.segments.back()), size = NodeId(4 + g % 5);
    for (NodeId i = g % 2; i < size; ++i)
      edges.push_back(g % 2 ? Edge{first, NodeId(first + i)} : Edge{NodeId(first + i), NodeId(first + (i + 1) % size)});
    data.all.segments.push_back(first + size);
    data.all.samples.push_back(g);
    data.targets.classes.push_back(g % 2);
  }
  data.all.graph = build_graph(NodeId(data.all.segments.back()), edges);
  data.all.x = Features(Matrix::filled(data.nodes(), 1, 1));
  return data;
}

Features control(const char* name, const Dataset& data) {
  return std::ranges::find(controls(), name, &Control::name)->make(data, Rng(3)).embedding;
}

}  // namespace

TEST_SUITE("batches") {
  TEST_CASE("chosen samples hold what their rows' induced batch holds") {
    const Batch all = rings(6);
    const std::vector<NodeId> ascending{1, 2, 5};
    Batch expected = induced(all, rows_of(all, ascending));
    expected.segments = {0, 4, 9, 17}, expected.samples = {1, 2, 5};
    CHECK(same(chosen_samples(all, ascending), expected));
    const Batch turned = chosen_samples(all, std::vector<NodeId>{5, 1, 1});
    CHECK(turned.segments == std::vector<Offset>{0, 8, 12, 16});
    CHECK(turned.samples == std::vector<std::int64_t>{5, 1, 1});
    CHECK(turned.ids == rows_of(all, std::vector<NodeId>{5, 1, 1}));
    CHECK(turned.graph.undirected());
    CHECK(same(chosen_samples(turned, std::vector<NodeId>{1, 0}), chosen_samples(all, std::vector<NodeId>{1, 5})));
    CHECK(chosen_samples(all, std::vector<NodeId>{}).rows() == 0);
    Batch bridged = all;
    bridged.graph = build_graph(all.rows(), std::vector<Edge>{{2, 3}});
    CHECK_THROWS_AS(chosen_samples(bridged, std::vector<NodeId>{0}), std::logic_error);
  }
  TEST_CASE("an epoch goes over all samples once; one that would be alone joins the batch before") {
    const Batch all = rings(9);
    for (const auto& [size, sizes] :
         {std::pair{4, std::vector<std::size_t>{4, 5}}, std::pair{7, std::vector<std::size_t>{7, 2}},
          std::pair{20, std::vector<std::size_t>{9}}}) {
      const MiniBatches batches = sample_batches(all, size);
      REQUIRE(batches.an_epoch == Offset(sizes.size()));
      const auto make = batches.epoch(Rng(2));
      std::set<std::int64_t> met;
      for (std::size_t b = 0; b < sizes.size(); ++b) {
        const Batch batch = make(Offset(b));
        CHECK(batch.samples.size() == sizes[b]);
        for (const std::int64_t g : batch.samples) CHECK(met.insert(g).second);
      }
      CHECK(met.size() == 9);
    }
    CHECK_THROWS_WITH_AS(sample_batches(all, 1), doctest::Contains("at least 2"), Error);
  }
}

TEST_SUITE("corruption") {
  TEST_CASE("augmentations change their share of every sample") {
    const Batch all = rings(12);
    const Batch nodes = drop_nodes(0.25)(all, Rng(1)), pairs = remove_pairs(0.25)(all, Rng(1)),
                rows = noise_rows(0.25)(all, Rng(1)), grown = grow_subgraphs(0.25)(all, Rng(1));
    const Components parts = components(grown.graph);
    for (std::size_t g = 0; g < 12; ++g) {
      const Offset size = Offset(g) + 3, lost = size / 4;
      CHECK(size_of(nodes, g) == size - lost);
      CHECK(size_of(grown, g) == size - lost);
      CHECK(size_of(pairs, g) == size);
      CHECK(pairs_in(pairs, g) == size - lost);
      Offset changed = 0;
      for (Offset v = all.segments[g]; v < all.segments[g + 1]; ++v) changed += rows.x.dense()(v, 1) != 1;
      CHECK(changed == lost);
    }
    CHECK(parts.count == 12);  // each grew from one node
    CHECK(pairs.graph.undirected());
    CHECK(same(nodes, drop_nodes(0.25)(all, Rng(1))));
  }
  TEST_CASE("rows of noise have mean and deviation one half") {
    Batch batch = rings(1);
    batch.x = Features(Matrix::zeros(3, 20000));
    const Matrix x = noise_rows(0.99)(batch, Rng(4)).x.as_dense();
    double sum = 0, squares = 0;
    for (const Real value : x.values()) sum += double(value), squares += double(value) * double(value);
    CHECK(sum / 40000 == doctest::Approx(0.5).epsilon(0.03));
    CHECK(squares / 40000 - 0.25 == doctest::Approx(0.25).epsilon(0.03));
  }
  TEST_CASE("one of several: each sample by one, in the order of the samples, all equally often") {
    const Batch all = rings(400);
    const auto marked = [](Real mark) -> Corruption {
      return [=](const Batch& batch, Rng) {
        Batch view = batch;
        view.x = Features(Matrix::filled(batch.rows(), 2, mark));
        return view;
      };
    };
    const Batch view = one_of({marked(0), marked(1), marked(2)})(all, Rng(5));
    CHECK(view.segments == all.segments);
    CHECK(view.samples == all.samples);
    CHECK(view.ids == numbers(all.rows()));
    std::vector<int> counts(3);
    for (std::size_t g = 0; g < 400; ++g) {
      const Real mark = view.x.dense()(all.segments[g], 0);
      for (Offset v = all.segments[g]; v < all.segments[g + 1]; ++v) CHECK(view.x.dense()(v, 1) == mark);
      ++counts[std::size_t(mark)];
    }
    double chi = 0;
    for (const int count : counts) chi += (count - 400.0 / 3) * (count - 400.0 / 3) / (400.0 / 3);
    CHECK(chi < 18);
  }
}

TEST_SUITE("protocol") {
  TEST_CASE("stratified folds: every item once, shares of classes as near as they can be") {
    std::vector<std::int32_t> classes;
    for (int i = 0; i < 103; ++i) classes.push_back(i % 7 == 0 ? 2 : i % 3 == 0);
    classes[5] = -1;
    std::vector<NodeId> items = numbers(103);
    items.erase(items.begin() + 5);
    const auto folds = stratified_folds(items, classes, 10, Rng(1));
    REQUIRE(folds.size() == 10);
    std::vector<NodeId> met;
    std::set<std::size_t> sizes;
    for (std::int32_t c = 0; c < 3; ++c) {
      std::set<std::ptrdiff_t> counts;
      for (const auto& fold : folds)
        counts.insert(std::ranges::count_if(fold, [&](NodeId i) { return classes[std::size_t(i)] == c; }));
      CHECK(*counts.rbegin() - *counts.begin() <= 1);
    }
    for (const auto& fold : folds) sizes.insert(fold.size()), met.insert(met.end(), fold.begin(), fold.end());
    CHECK(sizes == std::set<std::size_t>{10, 11});
    std::ranges::sort(met);
    CHECK(met == items);
    CHECK(folds != stratified_folds(items, classes, 10, Rng(2)));
    CHECK(others(items, folds[0]).size() == items.size() - folds[0].size());
  }
  TEST_CASE("svc10: sizes tell rings from stars, majority tells nothing, training sees no class") {
    const Dataset data = rings_and_stars(60);
    const Protocol& p = protocol("svc10");
    const Dataset view = p.view(data, Rng(1));
    CHECK(std::ranges::all_of(view.targets.classes, [](std::int32_t c) { return c < 0; }));
    CHECK(p.score({control("sizes", view)}, data, Rng(1)) == Scores{{"accuracy", 100}});
    CHECK(p.score({control("majority", view)}, data, Rng(1))[0].second == doctest::Approx(50));
    std::vector<Scores> found;
    for (const int threads : {1, 2}) {
      const Threads limit(threads);
      found.push_back(
          p.score({Features(data.all.samples.size() == 60 ? Matrix::filled(60, 2, 1) : Matrix())}, data, Rng(4)));
    }
    CHECK(found[0] == found[1]);
  }
  TEST_CASE("svc10: given folds are the ones that are tested") {
    Dataset data = rings_and_stars(40);
    // The rows say the wrong class for the graphs 0 to 9, each of which is a fold: all are missed.
    Matrix rows(40, 1);
    for (NodeId g = 0; g < 40; ++g) rows(g, 0) = Real((g % 2 == 1) != (g < 10));
    data.folds.resize(10);
    for (NodeId g = 0; g < 10; ++g) data.folds[std::size_t(g)] = {g};
    CHECK(protocol("svc10").score({Features(std::move(rows))}, data, Rng(1)) == Scores{{"accuracy", 0}});
    data.folds[3] = {40};
    CHECK_THROWS_WITH_AS(protocol("svc10").view(data, Rng(1)), doctest::Contains("item 40"), Error);
    data.folds[3] = {};
    CHECK_THROWS_WITH_AS(protocol("svc10").view(data, Rng(1)), doctest::Contains("no item to test"), Error);
  }
  TEST_CASE("squared distances: equal rows are 0 apart, others what their differences say, far from the origin too") {
    Matrix x(300, 70);
    for (Offset i = 0; i < 300; ++i)
      for (Offset j = 0; j < 70; ++j) x(i, j) = Real(1000 + 100 * Rng(3).normal(std::uint64_t(70 * (i % 100) + j)));
    x(0, 0) += 1;  // near row 100
    const RowDistances rows(x);
    for (Offset i = 0; i < 300; ++i)
      for (Offset k = 0; k < 300; ++k) {
        double expected = 0;
        for (Offset j = 0; j < 70; ++j) expected += std::pow(double(x(i, j)) - double(x(k, j)), 2);
        CHECK((expected == 0 ? rows.squared(i, k) == 0
                             : double(rows.squared(i, k)) == doctest::Approx(expected).epsilon(1e-3)));
      }
    double sum = 0, squares = 0;
    for (const Real value : x.values()) sum += double(value), squares += double(value) * double(value);
    const double mean = sum / 21000, variance = squares / 21000 - mean * mean;
    CHECK(rows.scale_gamma(numbers(300)) == doctest::Approx(1 / (70 * variance)));
    CHECK(RowDistances(Matrix::filled(4, 3, 7)).scale_gamma(numbers(4)) == 1);
  }
  TEST_CASE("what cannot be scored by graphs is refused with what is needed") {
    Dataset one_class = rings_and_stars(20), few = rings_and_stars(6);
    one_class.targets.classes.assign(20, 1);
    CHECK_THROWS_WITH_AS(protocol("svc10").view(io::builtin("karate"), Rng(0)), doctest::Contains("many graphs"),
                         Error);
    CHECK_THROWS_WITH_AS(protocol("svc10").view(one_class, Rng(0)), doctest::Contains("two classes"), Error);
    CHECK_THROWS_WITH_AS(protocol("svc10").view(few, Rng(0)), doctest::Contains("10 folds"), Error);
    const Dataset data = rings_and_stars(20);
    CHECK_THROWS_WITH_AS(protocol("svc10").score({data.all.x}, data, Rng(0)), doctest::Contains("row per graph"),
                         Error);
    CHECK_THROWS_WITH_AS(need_graphs(io::builtin("karate"), "infograph"), doctest::Contains("one graph"), Error);
  }
  TEST_CASE("controls of graphs, by hand") {
    const Dataset data = io::builtin("mutag");
    const Matrix sizes = control("sizes", data).as_dense(), counts = control("counts", data).as_dense();
    CHECK(sizes.rows() == 188);
    CHECK(counts.cols() == 2 + data.all.x.cols());
    Offset nodes = 0, edges = 0;
    for (Offset g = 0; g < 188; ++g) {
      nodes += Offset(sizes(g, 0)), edges += Offset(sizes(g, 1));
      Real sum = 0;
      for (Offset j = 2; j < counts.cols(); ++j) sum += counts(g, j);
      CHECK(sum == sizes(g, 0));  // every node has one label
    }
    CHECK(nodes == 3371);
    CHECK(edges == 3721);
  }
  TEST_CASE("structure, by hand: the degree, then neighbours' degrees, clustering and two steps") {
    Dataset data;  // a triangle 0 1 2 and a tail 2 - 3 - 4
    data.all.graph = build_graph(5, std::vector<Edge>{{0, 1}, {1, 2}, {0, 2}, {2, 3}, {3, 4}});
    const Matrix rows = control("structure", data).as_dense();
    const Offset last = rows.cols();
    CHECK(rows(2, last - 3) == doctest::Approx(std::log1p(2.0)));
    CHECK(rows(2, last - 2) == doctest::Approx(1.0 / 3));
    CHECK(rows(4, last - 3) == doctest::Approx(std::log1p(2.0)));
    CHECK(rows(0, last - 1) == doctest::Approx(std::log1p(4.0)));  // 0, 1, 2 and 3
    CHECK(rows(4, last - 1) == doctest::Approx(std::log1p(3.0)));  // 2, 3 and 4 itself
  }
  TEST_CASE("lr10: rows that tell the classes score 100") {
    Dataset data;
    data.all.graph = build_graph(60, std::vector<Edge>{{0, 1}});
    Matrix rows(60, 2);
    for (NodeId v = 0; v < 60; ++v)
      data.targets.classes.push_back(v % 3), rows(v, 0) = Real(v % 3 == 0), rows(v, 1) = Real(v % 3 == 1);
    data.task = Task::node;
    CHECK(protocol("lr10").score({Features(std::move(rows))}, data, Rng(0)) == Scores{{"accuracy", 100}});
    CHECK(protocol("lr10").score({Features(Matrix::zeros(60, 1))}, data, Rng(0))[0].second < 40);
  }
  TEST_CASE("degrees as features: one-hot, 400 and more as one") {
    const Dataset data = rings_and_stars(4);
    const Options options(Rng(1), {{"features", "both"}});
    const Matrix x = features_from(options, data, "ones").data.all.x.as_dense();
    CHECK(x.cols() == 1 + 7);  // the largest star has a centre of degree 6
    for (NodeId v = 0; v < data.nodes(); ++v) {
      const auto degree = Offset(data.all.graph.adjacency().columns(v).size());
      for (Offset j = 0; j < x.cols(); ++j) CHECK(x(v, j) == Real(j == 0 || j == 1 + degree));
    }
    CHECK(features_from(Options(Rng(1)), data, "given-or-degree").data.all.x.cols() == 7);
    CHECK_THROWS_WITH_AS(features_from(Options(Rng(1), {{"features", "label"}}), data, "ones"),
                         doctest::Contains("as-given"), Error);
  }

  TEST_CASE("mvgrl: perceptrons over many graphs start within 1 / sqrt(inputs), their biases too") {
    const Method& mvgrl = *std::ranges::find(graph_methods(), "mvgrl", &Method::id);
    const Pretext pretext = mvgrl.make(io::builtin("mutag"), Options(Rng(1), {{"hidden", "16"}, {"layers", "2"}}));
    for (const char* name : {"graph.0.weight", "graph.0.bias", "graph.shortcut.weight"}) {
      CAPTURE(name);
      const Matrix& start = pretext.params.at(name).value();
      const auto size = [](Real v) { return std::abs(v); };
      CHECK(size(*std::ranges::max_element(start.values(), {}, size)) <= 1 / std::sqrt(Real(32)));
      CHECK(std::ranges::all_of(start.values(), [](Real v) { return v != 0; }));
    }
  }
}
