// Methods trained on labels and something else at once: what they may see, and what they are compared with.
#include <doctest/doctest.h>
#include <pfm/graph/build.h>
#include <pfm/io/builtin.h>
#include <pfm/selfsup/experiment.h>
#include <pfm/selfsup/methods/methods.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace pfm;

namespace {

const Method& method(const std::string& id) { return *std::ranges::find(graph_methods(), id, &Method::id); }

Dataset karate() {
  Dataset data = io::builtin("karate");
  data.all.x = Features(data.all.x.as_sparse());  // a column for each node, but as features
  data.splits.clear();
  for (NodeId v = 0; v < data.nodes(); ++v)
    data.splits[v % 3 == 0 ? "train" : v % 3 == 1 ? "validation" : "test"].push_back(v);
  return data;
}

}  // namespace

TEST_SUITE("methods") {
  TEST_CASE("without its second loss a joint method is its baseline") {
    const Dataset data = karate();
    for (const Method& m : graph_methods()) {
      if (!m.baseline || m.id == "gtn") continue;  // whose baseline is another network
      const Options asks(Rng(1));
      m.make(data, asks);
      if (std::ranges::find(asks.asked(), "lambda", &Options::Asked::name) == asks.asked().end()) continue;
      CAPTURE(m.id);
      double apart = 0;
      for (const char* lambda : {"0", "50"}) {
        const SeedResult result =
            run_seed(m, data, protocol("semi"), {{"lambda", lambda}, {"epochs", "15"}, {"watch", "loss"}}, 3);
        const auto& [name, control] = result.controls.back();
        CHECK(name == "gcn-supervised");
        // Where training sees another graph or other features than the baseline, weights differ without the loss too.
        const bool same_view = m.id != "edgemask" && m.id != "attributemask";
        if (lambda[0] == '0' && same_view) CHECK(result.trained == control);
        apart += result.training.last_loss;
      }
      CHECK(std::isfinite(apart));
    }
  }

  TEST_CASE("each stage of self-training adds labels that are agreed to, and no more than it wants") {
    Dataset data = karate();
    for (NodeId v = 0; v < data.nodes(); ++v)
      if (v % 3 != 0) data.targets.classes[std::size_t(v)] = -1;
    const auto labels_before_stages = [&](bool agrees) {
      std::vector<std::ptrdiff_t> counts;
      trained_in_stages("m3s", data, Options(Rng(1), {{"stage_epochs", "5"}, {"hidden", "8"}}), 3,
                        [&](const Matrix& rows, const std::vector<std::int32_t>& known, Rng) {
                          CHECK(rows.rows() == data.nodes());
                          counts.push_back(std::ranges::count_if(known, [](std::int32_t c) { return c >= 0; }));
                          return agrees ? std::vector<std::int32_t>() : std::vector<std::int32_t>(known.size(), -1);
                        });
      return counts;
    };
    CHECK(labels_before_stages(false) == std::vector<std::ptrdiff_t>{12, 12, 12});
    const auto counts = labels_before_stages(true);
    REQUIRE(counts.size() == 3);
    for (std::size_t s = 1; s < 3; ++s) {
      CHECK(counts[s] > counts[s - 1]);
      // A third of 3 N / degree^2 = 102 / 4.59^2 nodes, rounded up for each of two classes.
      CHECK(counts[s] <= counts[s - 1] + 3);
    }
  }

  TEST_CASE("the best weights on validation are kept, and a stopped run ends in the same") {
    const Dataset data = karate();
    const Method& m = method("gcn-supervised");
    const Options::Values values{{"epochs", "30"}, {"watch", "validation-loss"}};
    std::vector<double> told;
    const auto run = [&](const PreparedSeed& ready, std::int64_t steps) {
      return pretrain(ready.pretext, ready.batch, ready.training,
                      {.progress = [=](const Progress& p) { return p.step < steps; },
                       .validate = [&told, &ready] { return told.emplace_back(ready.validate()); }});
    };
    const PreparedSeed whole = prepare_seed(m, data, protocol("semi"), values, 2);
    run(whole, 30);
    const std::vector<double> all = told;
    REQUIRE(all.size() == 30);
    CHECK(whole.validate() == *std::ranges::min_element(all));
    const PreparedSeed stopped = prepare_seed(m, data, protocol("semi"), values, 2);
    told.clear();
    run(stopped, 11);
    run(stopped, 30);
    CHECK(told == all);
    CHECK(stopped.validate() == whole.validate());
  }

  TEST_CASE("lowlabel: every class, the share of all nodes, parts apart and out of the view") {
    Dataset data;
    data.name = "many";
    data.all.graph = Graph::without_edges(2000);
    data.all.x = Features::identity(2000);
    for (NodeId v = 0; v < 2000; ++v) data.targets.classes.push_back(v < 1990 ? v % 3 : 3);  // 3: half a percent
    for (const auto& [id, labelled] : {std::pair("lowlabel", 10), {"lowlabel@2", 40}, {"lowlabel@0.1", 4}}) {
      const std::string which(id);  // clang captures no structured binding
      CAPTURE(which);
      const Dataset view = protocol(id).view(data, Rng(5));
      CHECK(view.splits.at("train").size() == std::size_t(labelled));
      CHECK(view.splits.at("validation").size() == 500);
      CHECK(view.splits.at("test").size() == 1000);
      std::set<NodeId> all;
      for (const auto& [part, nodes] : view.splits) all.insert(nodes.begin(), nodes.end());
      CHECK(all.size() == std::size_t(labelled) + 1500);
      std::set<std::int32_t> classes;
      for (const NodeId v : view.splits.at("train")) classes.insert(view.targets.classes[std::size_t(v)]);
      CHECK(classes == std::set<std::int32_t>{0, 1, 2, 3});
      CHECK(std::ranges::count_if(view.targets.classes, [](std::int32_t c) { return c >= 0; }) == labelled);
    }
    CHECK_THROWS_WITH_AS(protocol("lowlabel").view(karate(), Rng(0)), doctest::Contains("random-10-10-80"), Error);
  }

  TEST_CASE("rows alone are refused where class scores are compared") {
    const Dataset data = karate();
    CHECK_THROWS_WITH_AS(protocol("semi").score({data.all.x}, data, Rng(0)), doctest::Contains("public-dgi"), Error);
  }

  TEST_CASE("validation: cross-entropy and accuracy of these nodes, by hand") {
    Dataset data = karate();
    data.splits["validation"] = {1, 2};
    Matrix scores = Matrix::zeros(data.nodes(), 4);
    const auto classes = data.targets.classes;
    scores(1, classes[1]) = 1;
    scores(2, (classes[2] + 1) % 4) = 1;
    const Validation found = protocol("semi").validator(data, Rng(0))(scores);
    CHECK(found.accuracy == 0.5);
    CHECK(found.loss == doctest::Approx(std::log(3 + std::exp(1.0)) - 0.5));
  }
}
