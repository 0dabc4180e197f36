// Tasks that are learned beside classes, measured on what their loss never saw.
#include <doctest/doctest.h>
#include <pfm/graph/build.h>
#include <pfm/selfsup/auxiliary_task.h>
#include <pfm/selfsup/experiment.h>

#include <algorithm>
#include <cmath>
#include <map>

using namespace pfm;

namespace {

constexpr NodeId drawn_nodes = 210;

// Every third node is labelled, the others validate and test.
Dataset with_splits(Graph graph, Features x) {
  Dataset data;
  data.name = "drawn";
  data.all.graph = std::move(graph);
  data.all.x = std::move(x);
  for (NodeId v = 0; v < drawn_nodes; ++v) {
    data.targets.classes.push_back(v % 2);
    data.splits[v % 6 < 2 ? "train" : v % 6 < 4 ? "validation" : "test"].push_back(v);
  }
  return data;
}

Graph drawn_graph(const std::function<double(NodeId, NodeId)>& probability, const Rng& rng) {
  std::vector<Edge> edges;
  for (NodeId u = 0; u < drawn_nodes; ++u)
    for (NodeId v = u + 1; v < drawn_nodes; ++v)
      if (rng.uniform(std::uint64_t(u) * drawn_nodes + std::uint64_t(v)) < probability(u, v)) edges.push_back({u, v});
  return build_graph(drawn_nodes, edges);
}

// Edges, their triangles and features are drawn alone: what was not seen cannot be told.
Dataset unrelated_data() {
  Matrix x(drawn_nodes, 80);
  const Rng rng(1);
  for (Offset i = 0; i < x.size(); ++i) x.data()[i] = Real(rng.normal(std::uint64_t(i)));
  return with_splits(drawn_graph([](NodeId, NodeId) { return 0.1; }, rng.split("edges")), std::move(x));
}

// Three communities, sparse to dense: a node's neighbours tell its features, those which nodes are linked and how many.
Dataset planted_communities() {
  Matrix x(drawn_nodes, 12);
  const Rng rng(2);
  for (NodeId v = 0; v < drawn_nodes; ++v)
    for (Offset j = 0; j < x.cols(); ++j)
      x(v, j) = Real(0.3 * rng.normal(std::uint64_t(v * 12 + j)) + (j % 3 == v / 70 ? 2 : 0));
  const auto linked = [](NodeId u, NodeId v) { return u / 70 != v / 70 ? 0.002 : 0.06 * (1 + 2 * double(u / 70)); };
  return with_splits(drawn_graph(linked, rng.split("edges")), std::move(x));
}

std::map<std::string, double> scores_by_name(const Scores& scores) { return {scores.begin(), scores.end()}; }

// A path whose edges are stored from one of their ends alone.
Dataset path_stored_from(bool lower_end) {
  std::vector<Edge> edges;
  for (NodeId v = 0; v + 1 < drawn_nodes; ++v)
    edges.push_back(lower_end ? Edge{v, NodeId(v + 1)} : Edge{NodeId(v + 1), v});
  return with_splits(build_graph(drawn_nodes, edges, {}, {.undirected = false}), planted_communities().all.x);
}

SeedResult task_result(const char* id, const Dataset& data, Options::Values values) {
  const Method& m = *std::ranges::find(graph_methods(), std::string(id), &Method::id);
  values.insert({{"features", "as-given"}, {"hidden", "64"}, {"watch", "loss"}, {"held_out", "0.4"}});
  return run_seed(m, data, protocol("semi"), values, 3);
}

}  // namespace

TEST_SUITE("methods") {
  TEST_CASE("held out: a uniform part of the items, in order; the rest is learned from") {
    std::vector<NodeId> items;
    for (NodeId i = 0; i < 100; ++i) items.push_back(3 * i);
    const TaskItems<NodeId> all = hold_out("data", items, 0, Rng(1)), some = hold_out("data", items, 0.25, Rng(1));
    CHECK((all.learned == items && all.held_out.empty()));
    CHECK((some.held_out.size() == 25 && std::ranges::is_sorted(some.held_out)));
    std::vector<NodeId> both;
    std::ranges::merge(some.learned, some.held_out, std::back_inserter(both));
    CHECK(both == items);
    CHECK(hold_out("data", items, 0.25, Rng(1)).held_out == some.held_out);
    CHECK(hold_out("data", items, 0.25, Rng(2)).held_out != some.held_out);
    CHECK_THROWS_WITH_AS(hold_out("data", items, 0.001, Rng(1)), doctest::Contains("held_out=0.001"), Error);
    for (const char* wrong : {"-0.1", "1"})
      CHECK_THROWS_WITH_AS(held_out_from(Options(Rng(0), {{"held_out", wrong}})), doctest::Contains("held_out"), Error);
  }

  TEST_CASE("r2: 100 where all is told, 0 for the mean, less for worse, by hand") {
    Matrix truth(2, 1), found(2, 1), mean(1, 1);
    truth(0, 0) = 1, truth(1, 0) = 3, mean(0, 0) = 2;
    CHECK(r2(truth, truth, mean) == 100);
    found(0, 0) = 2, found(1, 0) = 2;
    CHECK(r2(found, truth, mean) == 0);
    found(0, 0) = 1, found(1, 0) = 2;
    CHECK(r2(found, truth, mean) == doctest::Approx(50));
    found(0, 0) = 3, found(1, 0) = 1;
    CHECK(r2(found, truth, mean) == doctest::Approx(-300));
  }

  TEST_CASE("semi: the task's own scores stand behind the accuracy, where some of it is held out") {
    const SeedResult none = task_result("nodeproperty", planted_communities(), {{"held_out", "0"}, {"epochs", "2"}});
    CHECK(none.trained.size() == 1);
    const SeedResult some = task_result("nodeproperty", planted_communities(), {{"epochs", "2"}});
    CHECK((some.trained.size() == 4 && some.trained[0].first == "accuracy" && some.trained[1].first == "thirds"));
    for (const auto& [name, scores] : some.controls) CHECK(scores.size() == (name == "random" ? 4 : 1));
  }

  // The network is wide enough to learn all of it by heart.
  TEST_CASE("what is held out is not learned from: of drawn data it stays unknown") {
    const Dataset data = unrelated_data();
    const Options::Values heart{{"epochs", "150"}, {"classifier_dropout", "0"}, {"weight_decay", "0"}};
    const auto scores = [&](const char* id, Options::Values values) {
      values.insert(heart.begin(), heart.end());
      return scores_by_name(task_result(id, data, values).trained);
    };
    const double edges = scores("edgemask", {})["edge-auc"];
    CHECK(edges < 65);
    const double attributes = scores("attributemask", {{"mask_rate", "0.4"}, {"components", "10"}})["attribute-r2"];
    CHECK(attributes < 10);
    const double thirds = scores("nodeproperty", {{"property", "clustering"}})["thirds"];
    CHECK(thirds < 50);
  }

  TEST_CASE(
      "what is held out is told where it can be, better than by simple means and by whom shuffled targets taught") {
    const Dataset data = planted_communities();
    const auto of = [&](const char* id, const char* targets, Options::Values values = {}) {
      values.insert({{"targets", targets}, {"epochs", "60"}});
      return scores_by_name(task_result(id, data, values).trained);
    };
    const Options::Values few{{"mask_rate", "0.4"}, {"components", "10"}};
    auto found = of("edgemask", "true");
    CHECK(found["edge-auc"] > 80);
    found = of("attributemask", "true", few);
    auto shuffled = of("attributemask", "shuffled", few);
    CHECK(found["attribute-r2"] > 60);
    CHECK(shuffled["attribute-r2"] < 10);
    found = of("nodeproperty", "true"), shuffled = of("nodeproperty", "shuffled");
    CHECK(found["thirds"] > 60);
    CHECK(found["thirds-above-majority"] > 15);
    CHECK(shuffled["thirds"] < 50);
  }

  TEST_CASE("pairwisedistance: how far nodes are apart does not ask from which end an edge is stored") {
    const Method& m = *std::ranges::find(graph_methods(), "pairwisedistance", &Method::id);
    const auto loss = [&](bool lower_end) {  // of an encoder that does not see the graph
      const Dataset data = path_stored_from(lower_end);
      const Pretext pretext = m.make(data, Options(Rng(1), {{"encoder", "table"}, {"layers", "1"}}));
      return pretext.loss(pretext.prepare(data), Rng(2)).scalar();
    };
    CHECK(loss(true) == doctest::Approx(loss(false)).epsilon(1e-5));  // |h_i - h_j| of the same pairs
  }
}
