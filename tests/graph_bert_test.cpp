// Graph-Bert: sequences as its authors' published files have them, and what of its weights the tasks leave alone.
#include <doctest/doctest.h>
#include <pfm/io/builtin.h>
#include <pfm/selfsup/methods/methods.h>

#include <algorithm>
#include <map>

using namespace pfm;

TEST_SUITE("methods") {
  TEST_CASE("Graph-Bert in Cora: sequences, roles and distances count as in the published files") {
    const Dataset cora = io::builtin("cora");
    const Batch rows = graph_bert().make(cora, Options(Rng(1))).prepare(cora);
    const Sparse x = rows.x.as_sparse();
    const Offset features = cora.all.x.cols();
    REQUIRE(rows.segments.size() == 2709);
    REQUIRE(x.cols() == 2 * features + 300);
    // result/Batch/cora_7 fills 942 places of 2,708 x 8 with nodes of other components.
    CHECK(x.rows() == 2708 * 8 - 942);
    // result/WL/cora has 37 colours, 14 of them of a single node.
    std::map<NodeId, int> roles, nearest;
    for (std::size_t g = 0; g < 2708; ++g) {
      const auto place = [&](Offset row, Offset table) {
        const NodeId first = NodeId(features + 100 * table);
        return *std::ranges::lower_bound(x.columns(row), first) - first;
      };
      ++roles[place(rows.segments[g], 0)];
      CHECK(place(rows.segments[g], 2) == 0);
      if (rows.segments[g + 1] - rows.segments[g] > 1) ++nearest[place(rows.segments[g] + 1, 2)];
    }
    CHECK(roles.size() == 37);
    CHECK(std::ranges::count(roles, 1, &std::pair<const NodeId, int>::second) == 14);
    CHECK(std::ranges::max_element(roles, {}, &std::pair<const NodeId, int>::second)->second == 583);
    CHECK(nearest == std::map<NodeId, int>{{1, 2708}});
  }

  TEST_CASE("Graph-Bert: the graph's residual reaches a node's row, and no task trains it") {
    Dataset karate = io::builtin("karate");
    karate.all.x = Features(karate.all.x.as_sparse());  // a column for each node, but as features
    const Pretext pretext = graph_bert().make(karate, Options(Rng(1)));
    const Batch rows = pretext.prepare(karate);
    const Sparse x = rows.x.as_sparse();
    // Row v of D^-1/2 (A + I) D^-1/2: a row of the identity for each node.
    const Sparse& around = karate.all.graph.propagation({.weighted = false});
    for (std::size_t v = 0; v < 34; ++v) {
      const Offset row = rows.segments[v], n = Offset(around.columns(Offset(v)).size());
      REQUIRE(Offset(x.columns(row).size()) == 4 + n);
      for (Offset e = 0; e < n; ++e) {
        CHECK(x.columns(row)[std::size_t(4 + e)] == 34 + 300 + around.columns(Offset(v))[std::size_t(e)]);
        CHECK(x.values(row)[std::size_t(4 + e)] == around.values(Offset(v))[std::size_t(e)]);
      }
    }
    backward(pretext.loss(rows, Rng(2)));
    const Matrix before = pretext.encoder(rows).value().clone();
    REQUIRE(before.cols() == 64);
    for (const auto& [name, first] : {std::pair{"encoder.residual.states", 0}, {"encoder.residual.scores", 32}}) {
      const std::string which(name);  // clang captures no structured binding
      CAPTURE(which);
      Var weight = pretext.params.at(name);
      CHECK(weight.grad().empty());
      weight.value()(0, 0) += 1;  // of node 0: itself and its 16 neighbours see it
      const Matrix after = pretext.encoder(rows).value().clone();
      for (Offset v = 0; v < 34; ++v) {
        bool changed = false;
        for (Offset c = first; c < first + 32; ++c) changed |= before(v, c) != after(v, c);
        const auto from = around.columns(v);
        CHECK(changed == (std::ranges::find(from, 0) != from.end()));
      }
      weight.value()(0, 0) -= 1;
    }
  }
}
