// Methods of data with several kinds of nodes.
#include <doctest/doctest.h>
#include <pfm/encoders/gtn.h>
#include <pfm/encoders/wide_han.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/products.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/selfsup/experiment.h>
#include <pfm/tests/matrices.h>
#include <pfm/tests/rings.h>

#include <algorithm>

using namespace pfm;

namespace {

const Method& method(const std::string& id) { return *std::ranges::find(graph_methods(), id, &Method::id); }

// sum_t alpha[layer, t] A_t of dense A_t, with gradient.
Var dense_choice(const Var& alpha, Offset layer, const std::vector<Matrix>& types) {
  Var sum;
  for (std::size_t t = 0; t < types.size(); ++t) {
    const Var share = slice_columns(slice_rows(alpha, layer, layer + 1), Offset(t), Offset(t) + 1);
    const Var row = multiply(share, Var(Matrix::filled(1, types[t].cols(), 1)));
    const Var part = multiply_row(Var(types[t].clone()), row);
    sum = sum ? add(sum, part) : part;
  }
  return sum;
}

}  // namespace

TEST_SUITE("methods") {
  TEST_CASE("a chain of soft choices of edge types is the dense product with rows of sum 1, gradients too") {
    const Types types{.nodes = {"a", "b"},
                      .node_ptr = {0, 4, 7},
                      .column_ptr = {},
                      .relations = {{"ab", 0, 1, true}, {"aa", 0, 0, false}}};
    const TypedEdges edges =
        typed_edges(build_relations(types, {{0, 4, 0}, {0, 5, 0}, {1, 5, 0}, {3, 4, 0}, {1, 0, 1}, {2, 2, 1}}), types);
    CHECK(edges.names == std::vector<std::string>{"ab", "ab back", "aa", "self"});
    std::vector<Matrix> dense;  // of each type, row = target
    for (int t = 0; t < 4; ++t) dense.push_back(Matrix::zeros(7, 7));
    for (const auto& [a, b] : {Edge{0, 4}, Edge{0, 5}, Edge{1, 5}, Edge{3, 4}}) dense[0](b, a) = dense[1](a, b) = 1;
    dense[2](0, 1) = dense[2](2, 2) = 1;
    for (NodeId i = 0; i < 7; ++i) dense[3](i, i) = 1;

    const Params p(Rng(3)), q(Rng(3));
    const SoftPaths chain(p, 2, 2, 4), same(q, 2, 2, 4);
    const Var x(random_matrix(7, 3, 8), true), y(random_matrix(7, 3, 8), true);
    const Var moved = chain(edges, 1, x);
    Var product = dense_choice(same.chosen(1), 0, dense);
    for (Offset l = 1; l < 3; ++l) {  // normalised after each product, as in the paper
      product = multiply(product, dense_choice(same.chosen(1), l, dense));
      product = multiply_column(product, power(row_sums(product), -1));
    }
    const Var expected = multiply(product, y);
    CHECK(largest_difference(moved.value(), expected.value()) < 1e-5);
    const Var weights(random_matrix(7, 3, 9));
    backward(sum(hadamard(moved, weights)));
    backward(sum(hadamard(expected, weights)));
    CHECK(largest_difference(x.grad(), y.grad()) < 1e-5);
    CHECK(largest_difference(chain.choice[1].grad(), same.choice[1].grad()) < 1e-5);
    CHECK(largest_difference(chain.choice[1].grad(), Matrix::zeros(3, 4)) > 0.01);
  }

  TEST_CASE("gtn stands beside a GCN on all edges as one graph, both scored on the labelled kind of nodes") {
    const Dataset data = two_rings_with_types();
    const SeedResult result = run_seed(method("gtn"), data, protocol("semi@60"), {{"epochs", "30"}}, 1);
    CHECK(result.controls.back().first == "gcn-supervised");
    CHECK(result.trained[0].first == "macro-f1@60");
    CHECK(result.trained[1].first == "micro-f1@60");
    CHECK(result.trained[1].second > 80);
    CHECK(result.controls.back().second[1].second > 80);
    const Dataset view = protocol("semi@60").view(data, Rng(1));
    CHECK(std::ranges::count_if(view.targets.classes, [](std::int32_t c) { return c >= 0; }) == 10);
  }

  TEST_CASE("a wide HAN layer tells rows and dot products as if all rows were made, gradients too") {
    const Dataset data = two_rings_with_types();
    std::vector<Graph> graphs;
    std::vector<MetaPath> paths;
    for (const auto& [name, pairs] : data.metapaths) {
      graphs.emplace_back(pairs);
      paths.emplace_back(graphs.back().messages(Loops::remaining).along, 0);
    }
    const Params p(Rng(5));
    const WideHan layer(p, 4, 9, paths.size(), {.loops = Loops::remaining}, 0, SemanticAttention(p / "between", 9, 6));
    for (Gat gat : layer.along) gat.bias.value() = random_matrix(1, 9, 2);
    const Matrix start = random_matrix(graphs[0].nodes(), 4, 3);
    const Var x(start.clone(), true), y(start.clone(), true);
    std::vector<Var> views;
    for (std::size_t m = 0; m < paths.size(); ++m) views.push_back(layer.along[m](graphs[m], y));
    const Var weights = layer.between.weights(views), rows = SemanticAttention::mix(weights, views);
    const WideHan::Rows found = layer(paths, x, {});
    CHECK(largest_difference(found.shares.value(), weights.value()) < 1e-6);

    const std::vector<NodeId> some{3, 0, 7};
    const Var chosen = gather_rows(rows, some), dots = multiply_transposed(chosen, rows);
    CHECK(largest_difference(found.at(some).value(), chosen.value()) < 1e-5);
    CHECK(largest_difference(found.dots(some).value(), dots.value()) < 1e-4);
    const auto gradients = [&](const Var& told, const Var& of) {
      p.clear_grads();
      backward(sum(hadamard(told, Var(random_matrix(3, told.cols(), 4)))));
      std::vector<Matrix> all;
      all.push_back(of.grad().clone());
      for (const std::string& name : p.trainable()) all.push_back(p.at(name).grad().clone());
      return all;
    };
    const auto expected = gradients(dots, y), got = gradients(found.dots(some), x);
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(largest_difference(expected[i], got[i]) < 1e-3);
  }

  TEST_CASE("attention to shared neighbours as a whole is that to each of them, gradients too") {
    // Groups of 1, 2, .. items; of the last one a row that lacks its first column.
    std::vector<Offset> offsets{0};
    std::vector<NodeId> columns;
    for (NodeId first = 0, size = 1; size <= 9; first += size++)
      for (NodeId i = first; i < first + size; ++i) {
        for (NodeId j = first + (i == 44); j < first + size; ++j) columns.push_back(j);
        offsets.push_back(Offset(columns.size()));
      }
    const Sparse pairs(45, 45, std::move(offsets), std::move(columns));
    CHECK(shared_neighbours(pairs, 3).size() == 6);
    CHECK(shared_neighbours(pairs, 0).size() == 8);
    const auto gradients = [&](Offset most) {
      const Var source(random_matrix(45, 2, 1), true), target(random_matrix(45, 2, 2), true),
          x(random_matrix(45, 6, 3), true);
      const Var out = MetaPath(pairs, most).attend({.heads = 2}, source, target, x, {});
      backward(sum(hadamard(out, Var(random_matrix(45, 6, 4)))));
      std::vector<Matrix> all;
      all.push_back(out.value().clone());
      for (const Var& v : {source, target, x}) all.push_back(v.grad().clone());
      return all;
    };
    const auto each = gradients(100), together = gradients(3);
    for (std::size_t k = 0; k < each.size(); ++k) CHECK(largest_difference(each[k], together[k]) < 1e-5);
  }

  TEST_CASE("of a meta-path in a step each row sees itself and a share of the others, shared or not") {
    std::vector<NodeId> columns;
    std::vector<Offset> offsets{0};
    for (NodeId i = 0; i < 20; ++i) {
      for (NodeId j = 0; j < 20; ++j)
        if (i % 2 == 0 || j != (i + 1) % 20) columns.push_back(j);  // odd rows have neighbours of their own
      offsets.push_back(Offset(columns.size()));
    }
    const MetaPath path = MetaPath(Sparse(20, 20, std::move(offsets), std::move(columns)), 4).drawn(0.5, 4, Rng(1));
    Matrix identity = Matrix::zeros(20, 20);
    for (NodeId i = 0; i < 20; ++i) identity(i, i) = 1;
    const Var zero(Matrix::zeros(20, 1));
    const Matrix seen = path.attend({}, zero, zero, Var(std::move(identity)), {}).value().clone();
    for (NodeId i = 0; i < 20; ++i) {
      CHECK(seen(i, i) == doctest::Approx(i % 2 == 0 ? 1 / 10.0 : 1 / 5.0));
      CHECK(std::ranges::count_if(seen.row(i), [](Real v) { return v > 0; }) == (i % 2 == 0 ? 10 : 5));
    }
    CHECK_FALSE(std::ranges::equal(seen.row(0), seen.row(2)));
  }

  TEST_CASE("self-training in stages asks classes of the items alone") {
    const SeedResult result = run_seed(method("m3s"), two_rings_with_types(), protocol("semi@60"),
                                       {{"stage_epochs", "5"}, {"epochs", "5"}, {"clusters", "8"}, {"hidden", "8"}}, 1);
    CHECK(result.trained[0].second > 0);
  }

  TEST_CASE("hgmae masks as many attributes as the epoch says") {
    const Dataset data = two_rings_with_types();
    const auto loss = [&](const char* mask, const char* step, Real epoch) {
      const Options::Values values{
          {"hidden", "8"}, {"layers", "1"}, {"mask", mask}, {"mask_step", step}, {"mask_end", "0.8"}};
      const Pretext pretext = method("hgmae").make(data, Options(Rng(1), values));
      pretext.params.at("epoch").value()(0, 0) = epoch;
      return pretext.loss(pretext.prepare(data), Rng(4)).scalar();
    };
    CHECK(loss("0.25", "0.25", 0) == loss("0.25", "0", 7));
    CHECK(loss("0.25", "0.25", 1) == loss("0.5", "0", 0));
    CHECK(loss("0.25", "0.25", 9) == loss("0.8", "0", 0));
    CHECK(loss("0.25", "0.25", 1) != loss("0.25", "0.25", 0));
  }

  TEST_CASE("hgmae: maps and attention between meta-paths start as uniform as their number of inputs says") {
    const Pretext pretext = method("hgmae").make(two_rings_with_types(), Options(Rng(1), {{"hidden", "16"}}));
    const auto farthest = [&](const std::string& name) {
      Real most = 0;
      for (const Real v : pretext.params.at(name).value().values()) most = std::max(most, std::abs(v));
      return most;
    };
    for (const char* name : {"encoder.0.between.key.weight", "encoder.1.between.key.bias", "for_attributes.weight",
                             "for_edges.weight", "for_positions.0.weight", "for_positions.0.bias"}) {
      CAPTURE(name);
      CHECK(farthest(name) <= Real(0.25));
      CHECK(farthest(name) > Real(0.2));
    }
    CHECK(farthest("decoder.between.query") <= Real(1 / std::sqrt(128.0)));
  }

  TEST_CASE("hgmae: rows that are read are normed by what training met") {
    const Dataset data = two_rings_with_types();
    const Pretext pretext = method("hgmae").make(data, Options(Rng(1), {{"hidden", "8"}, {"layers", "1"}}));
    const auto rows = [&] { return outcome_of(pretext, pretext.prepare(data)).embedding.as_dense(); };
    const Matrix before = rows();
    int found = 0;
    for (auto& [name, entry] : pretext.params.entries())
      if (name.ends_with("running_mean") || name.ends_with("running_variance"))
        std::ranges::fill(entry.var.value().values(), Real(7)), ++found;
    CHECK(found == 4);
    CHECK(largest_difference(before, rows()) > 0.1);
  }

  TEST_CASE("heco: biases start beside the weights, as large as a row of them may make") {
    const Pretext pretext = method("heco").make(two_rings_with_types(), Options(Rng(1), {{"hidden", "16"}}));
    const Matrix& bias = pretext.params.at("head.0.bias").value();
    CHECK(std::ranges::all_of(bias.values(), [](Real v) { return std::abs(v) <= Real(0.25) && v != 0; }));
  }

  TEST_CASE("heco: row i of the positives is what item i should be near to, in both directions") {
    // A row of all columns has no error: with row k such, the others themselves, the loss lacks that of item k. By
    // columns the other rows would have two positives each.
    Dataset data = two_rings_with_types();
    const NodeId items = 40;
    const auto loss = [&](NodeId full) {
      std::vector<Offset> offsets{0};
      std::vector<NodeId> columns;
      for (NodeId i = 0; i < items; ++i) {
        for (NodeId j = 0; j < items; ++j)
          if (i == full || i == j) columns.push_back(j);
        offsets.push_back(Offset(columns.size()));
      }
      data.positives = Sparse(items, items, std::move(offsets), std::move(columns));
      const Pretext pretext = method("heco").make(data, Options(Rng(1), {{"hidden", "8"}}));
      return double(pretext.loss(pretext.prepare(data), Rng(4)).scalar());
    };
    double sum = 0;
    for (NodeId k = 0; k < items; ++k) sum += loss(k);
    CHECK(sum == doctest::Approx((items - 1) * loss(-1)).epsilon(1e-5));
  }

  TEST_CASE("data of one kind of nodes, without labels or without edges are refused with what is needed") {
    const Dataset plain = two_rings();
    Dataset unlabelled = two_rings_with_types(), bare = unlabelled;
    std::ranges::fill(unlabelled.targets.classes, -1);
    bare.all.graph = Graph::without_edges(bare.nodes());
    bare.metapaths.clear();
    const auto refused = [](const char* id, const Dataset& data, const char* text) {
      CHECK_THROWS_WITH_AS(method(id).make(data, Options(Rng(1))), doctest::Contains(text), Error);
    };
    for (const char* id : {"hgmae", "gtn"}) refused(id, plain, "several kinds of nodes");
    refused("gtn", unlabelled, "labelled nodes of at least two classes");
    refused("gtn", bare, "edges");
    refused("hgmae", bare, "meta-paths");
  }
}
