// Transformers over segments and graphs; numbers against references are in suites "ops" and "parity".
#include <doctest/doctest.h>
#include <pfm/encoders/graph_transformer.h>
#include <pfm/graph/build.h>
#include <pfm/kernels/rows.h>
#include <pfm/nn/ops.h>
#include <pfm/nn/reductions.h>
#include <pfm/nn/shape.h>
#include <pfm/tests/matrices.h>

using namespace pfm;

namespace {

// A ring of 5, a path of 4 and a star of 6, in this order.
Batch three_graphs() {
  std::vector<Edge> edges;
  for (NodeId i = 0; i < 5; ++i) edges.push_back({i, NodeId((i + 1) % 5)});
  for (NodeId i = 5; i < 8; ++i) edges.push_back({i, NodeId(i + 1)});
  for (NodeId i = 10; i < 15; ++i) edges.push_back({9, i});
  Batch b;
  b.graph = build_graph(15, edges);
  b.segments = {0, 5, 9, 15};
  b.x = random_matrix(15, 3, 4);
  return b;
}

Attends plan_of(AttentionPlan plan) { return std::make_shared<const AttentionPlan>(std::move(plan)); }

GraphTransformerSettings settings_with(const char* attend, const char* positions) {
  GraphTransformerSettings s;
  s.attend = attend, s.positions = positions, s.position_width = 4, s.distances = 2, s.degrees = 5;
  s.transformer.width = 8, s.transformer.heads = 2;
  return s;
}

// Parameters that start equal would hide mistakes in what reads them.
void fill(const Params& p) {
  for (auto& [name, entry] : p.entries())
    entry.var.value() = random_matrix(entry.var.rows(), entry.var.cols(), Rng(3).split(name).key());
}

}  // namespace

TEST_SUITE("transformers") {
  TEST_CASE("layers that share parameters go through their groups") {
    Params p;
    const Transformer shared(p, {.width = 8, .heads = 2, .layers = 4, .groups = 2, .inner = 2});
    CHECK(shared.layers.size() == 8);
    CHECK(p.has("layers.3.attention.query.weight"));
    CHECK(!p.has("layers.4.attention.query.weight"));
    const auto weight = [&](std::size_t l) { return shared.layers[l].widen.weight.value().data(); };
    CHECK((weight(0) == weight(2) && weight(1) == weight(3) && weight(4) == weight(6) && weight(0) != weight(4)));
    CHECK_THROWS_AS(Transformer(p / "a", {.width = 8, .heads = 3}), Error);
    CHECK_THROWS_AS(Transformer(p / "b", {.width = 8, .heads = 2, .layers = 3, .groups = 2}), Error);
  }
  TEST_CASE("a causal decoder: later rows change nothing, the memory does") {
    Params p;
    const Transformer decoder(p, {.width = 8, .heads = 2, .norm_first = true, .decoder = true});
    const std::vector<Offset> rows{0, 4, 7}, sources{0, 3, 8};
    AttentionPlan own = within(rows);
    own.mask = causal_mask(rows, rows);
    Attended to{.plan = plan_of(own), .memory_plan = plan_of({rows, sources}), .memory = Var(random_matrix(8, 8, 2))};
    const Matrix x = random_matrix(7, 8, 1);
    Matrix later = x.clone();
    later(3, 0) += 1;  // of one column: a norm takes out what all have in common
    const Var before = decoder(to, Var(x.clone())), after = decoder(to, Var(std::move(later)));
    CHECK(largest_difference(slice_rows(before, 0, 3).value(), slice_rows(after, 0, 3).value()) == 0);
    CHECK(largest_difference(slice_rows(before, 4, 7).value(), slice_rows(after, 4, 7).value()) == 0);
    CHECK(largest_difference(before.value(), after.value()) > 0.01);
    for (Real& v : to.memory.value().row(7)) v += 1;
    const Var other = decoder(to, Var(x.clone()));
    CHECK(largest_difference(slice_rows(before, 0, 4).value(), slice_rows(other, 0, 4).value()) == 0);
    CHECK(largest_difference(slice_rows(before, 4, 7).value(), slice_rows(other, 4, 7).value()) > 0.01);
    const std::vector<Var> states = decoder.states(to, Var(x.clone()));
    CHECK(states.size() == 3);
    CHECK(largest_difference(states.back().value(), other.value()) == 0);
  }
  TEST_CASE("rows that are chosen are those of the whole, and so are their gradients") {
    const std::vector<Offset> rows{0, 4, 7, 12};
    const std::vector<NodeId> chosen{1, 3, 8, 9, 11};  // none of the second segment
    AttentionPlan causal = within(rows), biased = within(rows), single = within(rows);
    causal.mask = causal_mask(rows, rows);
    biased.pairs = relative_pairs(rows, rows, [](Offset d) { return NodeId(d + 6); });
    single.pairs = single_pairs(rows, rows);
    const auto pairs = pair_count(rows, rows);
    for (const bool norm_first : {true, false})
      for (const AttentionPlan* plan : {&causal, &biased, &single}) {
        const auto gradients = [&](bool alone) {
          Params p;
          const Transformer layers(p, {.width = 8, .heads = 2, .layers = 3, .norm_first = norm_first});
          const Var bias = p.constant("bias", pairs, 2, 0), x = p.constant("x", 12, 8, 0);
          fill(p);
          const Attended to{.plan = plan_of(*plan), .bias = plan == &causal ? Var() : bias};
          const Var found = alone ? layers.at(chosen, to, x) : gather_rows(layers(to, x), chosen);
          backward(sum(square(found)));
          std::vector<Matrix> all;
          all.push_back(found.value().clone());
          for (auto& [name, entry] : p.entries())
            if (plan != &causal || name != "bias") all.push_back(entry.var.grad().clone());
          return all;
        };
        const std::vector<Matrix> alone = gradients(true), whole = gradients(false);
        for (std::size_t i = 0; i < whole.size(); ++i) CHECK(largest_difference(alone[i], whole[i]) < 2e-4);
        CHECK(total_of_squares(whole[0]) > 0);
      }
  }
  TEST_CASE("distances of pairs stop at the limit and at the ends of a sample") {
    const PairIds pairs = distance_pairs(three_graphs(), 2);
    const auto row = [&](std::size_t g, Offset i, Offset rows) {
      const auto start = pairs.ids.begin() + pairs.blocks[g].start + i * rows;
      return std::vector<NodeId>(start, start + rows);
    };
    CHECK(row(0, 0, 5) == std::vector<NodeId>{0, 1, 2, 2, 1});
    CHECK(row(1, 0, 4) == std::vector<NodeId>{0, 1, 2, 3});
    CHECK(row(2, 1, 6) == std::vector<NodeId>{1, 0, 2, 2, 2, 2});
  }
  TEST_CASE("a sample's rows do not depend on the others, nor on the order of its nodes") {
    const Batch b = three_graphs();
    for (const char* attend : {"segments", "edges", "both"})
      for (const char* positions : {"none", "walks", "laplacian"}) {
        CAPTURE(std::string(attend) + ", " + positions);
        Params p;
        const Encoder encoder = graph_transformer(p, 3, settings_with(attend, positions));
        fill(p);
        const Var all = encoder(b);
        const NodeId second = 1;
        const Var alone = encoder(chosen_samples(b, std::span(&second, 1)));
        CHECK(largest_difference(slice_rows(all, 5, 9).value(), alone.value()) < 1e-4);
        if (std::string(positions) == "laplacian") continue;  // a ring's eigenvectors are any basis
        const std::vector<NodeId> order{3, 1, 4, 0, 2, 5, 6, 7, 8, 14, 9, 12, 10, 13, 11};
        CHECK(largest_difference(gather_rows(all, order).value(), encoder(induced(b, order)).value()) < 1e-4);
      }
  }
  TEST_CASE("signs of eigenvectors turn by sample and column, in training only") {
    const Batch b = three_graphs();
    const Matrix still = graph_positions(b, "laplacian", 3);
    Matrix turned = still.clone();
    turn_signs(turned, b, Rng(5));
    int same = 0, opposite = 0;
    for (std::size_t g = 0; g < 3; ++g)
      for (Offset j = 0; j < 3; ++j) {
        bool equal = true, minus = true;
        for (Offset i = b.segments[g]; i < b.segments[g + 1]; ++i)
          equal = equal && still(i, j) == turned(i, j), minus = minus && still(i, j) == -turned(i, j);
        same += equal, opposite += minus;
      }
    CHECK((same > 0 && opposite > 0 && same + opposite == 9));
  }
  TEST_CASE("every parameter of a graph transformer gets a gradient") {
    Params p;
    const Encoder encoder = graph_transformer(p, 3, settings_with("both", "walks"));
    fill(p);
    backward(sum(square(encoder(three_graphs(), Rng(1)))));
    for (const std::string& name : p.trainable()) {
      if (name.ends_with("key.bias")) continue;  // adds the same to all scores of a row
      CAPTURE(name);
      CHECK(total_of_squares(p.at(name).grad()) > 0);
    }
  }
  TEST_CASE("wrong names and sizes are the user's fault") {
    Params p;
    CHECK_THROWS_AS(graph_transformer(p / "a", 3, settings_with("nodes", "none")), Error);
    CHECK_THROWS_AS(graph_transformer(p / "b", 3, settings_with("both", "sines")), Error);
    GraphTransformerSettings odd = settings_with("both", "none");
    odd.transformer.heads = 3;
    CHECK_THROWS_AS(graph_transformer(p / "c", 3, odd), Error);
    Batch large;
    large.graph = Graph::without_edges(3000);
    CHECK_THROWS_AS(distance_pairs(large, 2), Error);
  }
}
