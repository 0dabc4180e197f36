#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/graph/link_split.h>
#include <pfm/io/adjacency_list.h>
#include <pfm/io/builtin.h>
#include <pfm/io/planetoid.h>
#include <pfm/kernels/parallel.h>
#include <pfm/selfsup/probe.h>
#include <pfm/selfsup/protocol.h>
#include <pfm/selfsup/split.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <set>

using namespace pfm;

namespace {

Dataset ring(NodeId nodes) {
  std::vector<Edge> edges;
  for (NodeId i = 0; i < nodes; ++i) edges.push_back({i, NodeId((i + 1) % nodes)});
  Dataset data;
  data.name = "ring";
  data.all.graph = build_graph(nodes, edges);
  data.all.x = Features::identity(nodes);
  return data;
}

// A ring whose halves are classes 0 and 1.
Dataset labelled_ring(NodeId nodes) {
  Dataset data = ring(nodes);
  for (NodeId i = 0; i < nodes; ++i) data.targets.classes.push_back(2 * i >= nodes);
  data.task = Task::node;
  return data;
}

// A ring with a set of labels for every node.
template <class SetOf>
Dataset label_ring(NodeId nodes, SetOf set_of, NodeId labels) {
  Dataset data = ring(nodes);
  std::vector<Offset> offsets{0};
  std::vector<NodeId> columns;
  for (NodeId v = 0; v < nodes; ++v) {
    for (const NodeId l : set_of(v)) columns.push_back(l);
    offsets.push_back(Offset(columns.size()));
  }
  data.targets.label_sets = Sparse(nodes, labels, std::move(offsets), std::move(columns));
  data.task = Task::node;
  return data;
}

bool needs_parts(const Protocol& p) {
  return p.id.starts_with("public") || p.id.starts_with("heco") || p.id == "inductive-l2";
}

// The ten partitions of topk-ovr.
std::vector<Split> shuffles(const Dataset& data, int percent, Rng rng) {
  std::vector<Split> all;
  for (std::uint64_t i = 0; i < 10; ++i)
    all.push_back(
        random_split(data.name, with_labels(data.targets.label_sets), percent, 0, rng.split("split").split(i)));
  return all;
}

Scores control_scores(const std::string& id, const std::string& control, const Dataset& data, std::uint64_t seed) {
  const Protocol& p = protocol(id);
  const Dataset view = p.view(data, Rng(seed));
  return p.score(std::ranges::find(controls(), control, &Control::name)->make(view, Rng(seed)), data, Rng(seed));
}

}  // namespace

TEST_SUITE("protocol") {
  TEST_CASE("what is held out is not in the view") {
    const Dataset data = ring(200);
    const HeldOut held = hold_out_edges(data, Rng(3));
    CHECK(held.test.size() == 20);
    CHECK(held.validation.size() == 10);
    CHECK(held.test_non_edges.size() == 20);
    CHECK(held.validation_non_edges.size() == 10);
    const Dataset view = protocol("link-85-5-10").view(data, Rng(3));
    CHECK(view.all.graph.edges() == 2 * 170);
    CHECK(view.all.graph.undirected());
    std::set<Edge> all;
    for (const Edge e : data.all.graph.pairs()) all.insert(e);
    std::set<Edge> others;
    for (const auto* part : {&held.test, &held.validation})
      for (const Edge e : *part) {
        CHECK(all.contains(e));
        CHECK(!std::ranges::binary_search(view.all.graph.adjacency().columns(e.source), e.target));
        CHECK(!std::ranges::binary_search(view.all.graph.adjacency().columns(e.target), e.source));
      }
    for (const auto* part : {&held.test_non_edges, &held.validation_non_edges})
      for (const Edge e : *part) {
        CHECK(e.source < e.target);
        CHECK(!all.contains(e));
        CHECK(others.insert(e).second);
      }
  }
  TEST_CASE("non-edges are uniform, found by trial or from the list") {
    for (const NodeId nodes : {5, 30}) {  // few pairs: from the list; many: by trial
      CAPTURE(nodes);
      const Dataset data = ring(nodes);
      std::map<Edge, double> counts;
      double drawn = 0;
      for (std::uint64_t seed = 0; seed < 4000; ++seed)
        for (const Edge e : hold_out_edges(data, Rng(seed)).test_non_edges) counts[e] += 1, drawn += 1;
      const double kinds = nodes * (nodes - 1) / 2 - nodes, expected = drawn / kinds;
      double chi = 0;
      for (const auto& [e, count] : counts) chi += (count - expected) * (count - expected) / expected;
      CHECK(double(counts.size()) == kinds);
      CHECK(chi < kinds - 1 + 5 * std::sqrt(2 * kinds));  // far below one in a million by chance
    }
  }
  TEST_CASE("hidden nodes are not there in training, and only they are scored") {
    Dataset data = labelled_ring(200);
    data.all.x = one_label_each(std::vector<std::int32_t>(data.targets.classes), 2);
    for (NodeId v = 0; v < 200; ++v)
      data.splits[v % 4 == 0   ? "train"
                  : v % 4 == 1 ? "validation"
                               : "test"]
          .push_back(v),
          data.names.push_back(fmt::format("n{}", v));
    const Protocol& p = protocol("inductive-l2");
    const Dataset view = p.view(data, Rng(1)), embedded = p.embedded(data, Rng(1));
    CHECK(view.nodes() == 100);
    CHECK(view.splits.at("train").size() == 50);  // none of them is hidden
    CHECK(embedded.nodes() == 200);
    CHECK(embedded.all.graph.edges() == data.all.graph.edges());
    std::vector<char> seen(200);
    for (NodeId row = 0; row < 100; ++row) {
      const NodeId v = std::stoi(view.names[std::size_t(row)].substr(1));
      seen[std::size_t(v)] = 1;
      CHECK(view.targets.classes[row] == (v % 4 == 0 ? data.targets.classes[v] : -1));
      CHECK(embedded.targets.classes[v] == (v % 4 == 0 ? data.targets.classes[v] : -1));
      for (const NodeId u : view.all.graph.adjacency().columns(row)) {
        const NodeId gap = std::abs(v - NodeId(std::stoi(view.names[std::size_t(u)].substr(1))));
        CHECK((gap == 1 || gap == 199));
      }
    }
    CHECK(p.view(data, Rng(2)).names != view.names);
    Matrix rows = Matrix::zeros(200, 2);  // right for hidden nodes, wrong for the test nodes that were seen
    for (NodeId v = 0; v < 200; ++v) rows(v, data.targets.classes[v] ^ int(seen[std::size_t(v)] && v % 4 > 1)) = 1;
    CHECK(p.score({Features(std::move(rows))}, data, Rng(1))[0] == std::pair<std::string, double>("accuracy", 100));
    CHECK_THROWS_WITH_AS(p.view(ring(20), Rng(0)), doctest::Contains("features"), Error);
  }
  TEST_CASE("the length of a row tells something where rows are as they are, nothing where they are unit rows") {
    Dataset data = labelled_ring(120);
    data.splits = {
        {"train", {0, 1, 118, 119}}, {"validation", {2, 3, 117}}, {"test", {4, 5, 6, 7, 114, 115, 116, 113}}};
    Matrix rows(120, 1);
    for (NodeId i = 0; i < 120; ++i) rows(i, 0) = i < 60 ? Real(1) : Real(20);
    const Features lengths(std::move(rows));
    CHECK(protocol("public-l2@unscaled").score({lengths}, data, Rng(2))[0].second == doctest::Approx(100));
    CHECK(protocol("public-l2").score({lengths}, data, Rng(2))[0].second == doctest::Approx(50));
  }
  TEST_CASE("classes outside the training part are not in the view") {
    Dataset data = labelled_ring(100);
    data.targets.classes[7] = -1;
    data.splits = {{"train", {1, 2, 90}}, {"validation", {3}}, {"test", {4, 80}}};
    for (const char* id : {"public-dgi", "public-l2", "public-l2@unscaled", "random-10-10-80"}) {
      CAPTURE(id);
      const Dataset view = protocol(id).view(data, Rng(1));
      std::vector<NodeId> train = view.splits.at("train");
      CHECK(train.size() == (std::string(id) == "random-10-10-80" ? 9u : 3u));
      for (NodeId v = 0; v < 100; ++v) {
        const bool visible = std::ranges::find(train, v) != train.end();
        CHECK(view.targets.classes[v] == (visible ? data.targets.classes[v] : -1));
      }
    }
    const Split split = random_split(data.name, with_class(data), 10, 10, Rng(5));
    std::set<NodeId> all(split.train.begin(), split.train.end());
    all.insert(split.validation.begin(), split.validation.end());
    all.insert(split.test.begin(), split.test.end());
    CHECK(all.size() == 99);
    CHECK(!all.contains(7));
    CHECK(split.validation.size() == 9);
  }
  TEST_CASE("heco-20-40-60: three splits, three metrics each; no class is in the view") {
    Dataset data = labelled_ring(120);
    for (const char* count : {"_20", "_40", "_60"}) {
      data.splits[std::string("train") + count] = {0, 1, 118, 119};
      data.splits[std::string("validation") + count] = {2, 3, 117};
      data.splits[std::string("test") + count] = {4, 5, 6, 7, 115, 116};
    }
    CHECK(default_protocol(data).id == "heco-20-40-60");
    Matrix told(120, 2);
    for (NodeId i = 0; i < 120; ++i) told(i, 0) = Real(i < 60), told(i, 1) = Real(i >= 60);
    for (const char* id : {"heco-20-40-60", "heco-20-40-60@decayed"}) {
      const Protocol& p = protocol(id);
      CHECK(std::ranges::count(p.view(data, Rng(1)).targets.classes, -1) == 120);
      const Scores good = p.score({Features(told.clone())}, data, Rng(2)),
                   bad = p.score({Features(Matrix::filled(120, 2, 1))}, data, Rng(2));
      std::vector<std::string> names;
      for (const auto& [name, value] : good) {
        names.push_back(name);
        CHECK(value == doctest::Approx(100));
      }
      CHECK(names == std::vector<std::string>{"macro-f1@60", "micro-f1@60", "auc@60", "macro-f1@40", "micro-f1@40",
                                              "auc@40", "macro-f1@20", "micro-f1@20", "auc@20"});
      CHECK(bad[2].second == doctest::Approx(50));  // equal rows: all ties
      CHECK(bad[0].second < 60);
    }
    data.splits.erase("test_40");
    CHECK_THROWS_WITH_AS(protocol("heco-20-40-60").view(data, Rng(1)), doctest::Contains("test_40"), Error);
  }
  TEST_CASE("a probe keeps the step that is best on the validation part, metric by metric") {
    Dataset data = labelled_ring(120);
    Split split{{0, 1, 2, 118, 119}, {3, 4, 117}, {5, 6, 116, 115}};
    Matrix rows(120, 3);
    for (Offset i = 0; i < rows.size(); ++i) rows.data()[i] = Real(Rng(4).normal(std::uint64_t(i)));
    const ProbeMetric falls = [](const ClassScores& scores, std::span<const std::int32_t>) {
      return 1 / (1 + std::abs(double(scores(0, 0))));  // largest while scores are small, at the start
    };
    const ProbeMetric metrics[]{accuracy, falls};
    const Probe probe{.repeats = 3, .steps = 30, .lr = 0.5};
    const auto both = softmax_probe(Features(rows.clone()), data.targets.classes, split, probe, metrics, Rng(3));
    const auto alone = softmax_probe(Features(rows.clone()), data.targets.classes, split, probe, Rng(3));
    REQUIRE(both.size() == 2);
    CHECK(both[0].last == alone.last);
    CHECK(both[0].at_validation == alone.at_validation);
    for (std::size_t r = 0; r < 3; ++r) CHECK(both[1].at_validation[r] > both[1].last[r]);
  }
  TEST_CASE("rows that tell the classes score 100, rows that tell nothing do not") {
    Dataset data = labelled_ring(120);
    data.splits = {{"train", {0, 1, 118, 119}}, {"validation", {2, 3, 117}}, {"test", {4, 5, 6, 7, 115, 116}}};
    Matrix told(120, 2), same = Matrix::filled(120, 2, 1);
    for (NodeId i = 0; i < 120; ++i) told(i, 0) = Real(i < 60), told(i, 1) = Real(i >= 60);
    const Features good(std::move(told)), bad(std::move(same));
    for (const char* id : {"public-dgi", "public-l2", "public-l2@unscaled", "random-10-10-80"}) {
      CAPTURE(id);
      for (const auto& score : protocol(id).score({good}, data, Rng(2))) {
        CAPTURE(score.first);
        CHECK(score.second == doctest::Approx(100));
      }
      CHECK(protocol(id).score({bad}, data, Rng(2))[0].second < 90);
    }
  }
  TEST_CASE("a method's own scores are taken where it has them") {
    Dataset data = labelled_ring(50);
    data.splits = {{"train", {0, 49}}, {"validation", {1}}, {"test", {2, 3, 47, 48}}};
    Matrix scores = Matrix::zeros(50, 2);
    for (const NodeId v : {2, 3, 47}) scores(v, data.targets.classes[v]) = 1;
    scores(48, 0) = 1;
    const Outcome outcome{Features::identity(50), {}, std::move(scores)};
    CHECK(protocol("public-dgi").score(outcome, data, Rng(1)) == Scores{{"accuracy", 75}});
    const Dataset graph = ring(50);
    const HeldOut held = hold_out_edges(graph, Rng(1));
    const Outcome knows{Features::identity(50), [&](std::span<const Edge> pairs) {
                          Matrix m(Offset(pairs.size()), 1);
                          for (Offset i = 0; i < m.rows(); ++i)
                            m(i, 0) = Real(std::ranges::find(held.test, pairs[i]) != held.test.end());
                          return m;
                        }};
    CHECK(protocol("link-85-5-10").score(knows, graph, Rng(1)) ==
          Scores{{"auc", 100}, {"ap", 100}, {"hits@10", 100}, {"hits@50", 100}, {"hits@100", 100}, {"mrr", 100}});
  }
  TEST_CASE("topk-ovr: what it scores, by hand") {
    // 30 nodes of label 0 with row (1, 0); of 30 nodes with row (0, 1) most have label 1, three have label 2 instead:
    // they get label 1 whatever the shuffle.
    const Dataset data = label_ring(
        60, [](NodeId v) { return std::vector<NodeId>{v < 30   ? 0
                                                      : v < 57 ? 1
                                                               : 2}; }, 3);
    Matrix rows(60, 2);
    for (NodeId v = 0; v < 60; ++v) rows(v, 0) = Real(v < 30), rows(v, 1) = Real(v >= 30);
    double micro = 0, macro = 0;
    for (const Split& split : shuffles(data, 50, Rng(6))) {
      CHECK(split.test.size() == 30);
      const double missed = double(std::ranges::count_if(split.test, [](NodeId v) { return v >= 57; }));
      const double right = double(std::ranges::count_if(split.test, [](NodeId v) { return v >= 30 && v < 57; }));
      micro += 10 * (1 - missed / 30), macro += 10 * (1 + 2 * right / (2 * right + missed)) / 3;
    }
    const Scores found = protocol("topk-ovr").score({Features(std::move(rows))}, data, Rng(6));
    CHECK(found[0].first == "micro-f1@50");
    CHECK(found[0].second == doctest::Approx(micro));
    CHECK(found[1].first == "macro-f1@50");
    CHECK(found[1].second == doctest::Approx(macro));
    CHECK(protocol("topk-ovr@90").score({data.all.x}, data, Rng(6))[1].first == "macro-f1@90");
  }
  TEST_CASE("topk-ovr: the prior gives the most frequent labels of the training part") {
    const auto sets = [](NodeId v) {
      std::vector<NodeId> labels;
      for (const NodeId l : {0, 1, 2, 3})
        if (Rng(8).uniform(std::uint64_t(4 * v + l)) < 0.8 - 0.2 * l) labels.push_back(l);
      return labels;
    };
    const Dataset data = label_ring(200, sets, 4);
    const Sparse& truth = data.targets.label_sets;
    double micro = 0;
    for (const Split& split : shuffles(data, 50, Rng(6))) {
      std::vector<double> seen(4, 0);
      for (const NodeId v : split.train)
        for (const NodeId l : truth.columns(v)) seen[std::size_t(l)] += 1;
      CHECK(std::ranges::is_sorted(seen, std::greater()));  // so that k labels are the first k
      double right = 0, all = 0;
      for (const NodeId v : split.test)
        for (const NodeId l : truth.columns(v)) right += l < NodeId(truth.columns(v).size()), all += 1;
      micro += 10 * right / all;
    }
    CHECK(control_scores("topk-ovr", "prior", data, 6)[0].second == doctest::Approx(micro));
  }
  TEST_CASE("topk-ovr: training sees the label sets of the first shuffle alone, other protocols none") {
    const auto sets = [](NodeId v) {
      return v == 5 ? std::vector<NodeId>{} : std::vector<NodeId>{0, NodeId(1 + v % 2)};
    };
    const Dataset data = label_ring(40, sets, 3);
    const Dataset view = protocol("topk-ovr").view(data, Rng(2));
    std::vector<NodeId> train = shuffles(data, 50, Rng(2))[0].train;
    CHECK(train.size() == 19);  // of 39: node 5 has no label and takes no part
    CHECK(view.splits.at("train") == train);
    for (NodeId v = 0; v < 40; ++v) {
      const bool visible = std::ranges::find(train, v) != train.end();
      CHECK(view.targets.label_sets.columns(v).size() == (visible ? 2u : 0u));
    }
    CHECK(protocol("link-85-5-10").view(data, Rng(2)).targets.label_sets.rows() == 0);
    Matrix own = Features(data.targets.label_sets).as_dense();
    CHECK(protocol("topk-ovr").score({data.all.x, {}, std::move(own)}, data, Rng(2))[0].second == doctest::Approx(100));
  }
  TEST_CASE("controls of walks: the degree in powers of two, unit rows of the spectrum, another table for every seed") {
    const Dataset data = io::builtin("karate");
    const auto rows = [&](const char* name, std::uint64_t seed) {
      return std::ranges::find(controls(), name, &Control::name)->make(data, Rng(seed)).embedding.as_dense();
    };
    const Matrix degree = rows("degree", 0), spectral = rows("spectral", 0), one = rows("table", 1),
                 two = rows("table", 2);
    CHECK(degree.cols() == 6);  // the largest is 17
    CHECK(degree(0, 5) == 1);   // 16
    CHECK(degree(11, 1) == 1);  // 1
    CHECK(spectral.rows() == 34);
    CHECK(spectral.cols() == 34);
    for (NodeId v = 0; v < 34; ++v) {
      double norm = 0;
      for (const Real x : spectral.row(v)) norm += double(x) * double(x);
      CHECK(norm == doctest::Approx(1).epsilon(1e-5));
    }
    CHECK(one.cols() == 128);
    CHECK(!std::ranges::equal(one.values(), two.values()));
  }
  TEST_CASE("same bits at any number of threads") {
    const Dataset data = io::builtin("karate");
    for (const Protocol& p : protocols()) {
      if (needs_parts(p) || p.validator || p.task == Task::graph) continue;  // a validator scores no rows
      CAPTURE(p.id);
      std::vector<Scores> found;
      for (const int threads : {1, 2}) {
        const Threads limit(threads);
        found.push_back(control_scores(p.id, "a2", data, 4));
      }
      CHECK(found[0] == found[1]);
    }
  }
  TEST_CASE("data that cannot be scored are refused with what is needed") {
    Dataset alone;
    alone.name = "alone";
    alone.all.graph = Graph::without_edges(1);
    alone.all.x = Features::identity(1);
    Dataset one_class = ring(20), few = labelled_ring(6), unlabelled = ring(20), triangle = ring(3);
    one_class.targets.classes.assign(20, 4);
    unlabelled.targets.classes.assign(20, -1);
    for (const Protocol& p : protocols()) {
      CAPTURE(p.id);
      for (const Dataset& data : {alone, Dataset{}}) {
        CHECK_THROWS_AS(p.view(data, Rng(0)), Error);
        CHECK_THROWS_AS(p.score({data.all.x}, data, Rng(0)), Error);
      }
      if (p.task != Task::node) continue;
      for (const Dataset& data : {one_class, unlabelled}) CHECK_THROWS_AS(p.view(data, Rng(0)), Error);
    }
    CHECK_THROWS_WITH_AS(protocol("public-dgi").view(few, Rng(0)), doctest::Contains("random-10-10-80"), Error);
    CHECK_THROWS_WITH_AS(protocol("random-10-10-80").view(few, Rng(0)), doctest::Contains("at least 10"), Error);
    CHECK_THROWS_WITH_AS(protocol("link-85-5-10").view(triangle, Rng(0)), doctest::Contains("without an edge"), Error);
    CHECK_THROWS_WITH_AS(protocol("publik-dgi"), doctest::Contains("did you mean \"public-dgi\""), Error);
  }
  TEST_CASE("a class of one node, isolated nodes and unlabelled nodes are scored") {
    Dataset data = labelled_ring(40);
    data.targets.classes[0] = 2;
    data.targets.classes[1] = -1;
    data.all.x = Features(Matrix::zeros(40, 3));
    std::vector<Edge> edges = data.all.graph.pairs();  // a chord over each node: half of the edges can go
    for (NodeId v = 0; v < 40; ++v) edges.push_back({v, NodeId((v + 2) % 40)});
    data.all.graph = build_graph(40, edges);
    for (const Protocol& p : protocols()) {
      if (needs_parts(p) || p.validator || p.task == Task::graph) continue;  // a validator scores no rows
      CAPTURE(p.id);
      for (const auto& [metric, value] : control_scores(p.id, "a1", data, 1)) CHECK((value >= -100 && value <= 100));
    }
  }
  TEST_CASE("the default follows from what the data have") {
    Dataset data = labelled_ring(40);
    CHECK(default_protocol(data).id == "random-10-10-80");
    data.splits = {{"train", {0}}, {"validation", {1}}, {"test", {2}}};
    CHECK(default_protocol(data).id == "public-dgi");
    CHECK(default_protocol(ring(20)).id == "link-85-5-10");
    CHECK(default_protocol(io::builtin("mutag")).id == "svc10");
    CHECK(default_protocol(label_ring(
                               20,
                               [](NodeId) {
                                 return std::vector<NodeId>{0, 1};
                               },
                               2))
              .id == "topk-ovr");
    Dataset nothing;
    CHECK_THROWS_WITH_AS(default_protocol(nothing), doctest::Contains("nothing to score"), Error);
  }
}

namespace {

struct Expected {
  const char *data, *protocol, *control, *metric;
  double value, tolerance;
};

// Measured once by an independent program; methods' claims stand or fall by these.
constexpr Expected table[] = {
    {"cora", "public-dgi", "raw", "accuracy", 47.91, 1},
    {"cora", "public-dgi", "a1", "accuracy", 74.37, 0.7},
    {"cora", "public-dgi", "a2", "accuracy", 78.13, 0.7},
    {"cora", "public-dgi", "a3", "accuracy", 78.06, 0.7},
    {"citeseer", "public-dgi", "raw", "accuracy", 49.39, 1},
    {"citeseer", "public-dgi", "a1", "accuracy", 63.10, 0.7},
    {"citeseer", "public-dgi", "a2", "accuracy", 67.32, 0.7},
    {"citeseer", "public-dgi", "a3", "accuracy", 66.73, 0.7},
    {"cora", "public-l2", "raw", "accuracy", 49.96, 1},
    {"cora", "public-l2", "a1", "accuracy", 76.10, 0.7},
    {"cora", "public-l2", "a2", "accuracy", 79.66, 0.7},
    {"cora", "public-l2", "a3", "accuracy", 80.39, 0.7},
    {"citeseer", "public-l2", "raw", "accuracy", 61.83, 1},
    {"citeseer", "public-l2", "a1", "accuracy", 70.25, 0.7},
    {"citeseer", "public-l2", "a2", "accuracy", 71.60, 0.7},
    {"citeseer", "public-l2", "a3", "accuracy", 71.20, 0.7},
    {"cora", "random-10-10-80", "raw", "accuracy", 54.76, 1.5},
    {"cora", "random-10-10-80", "a1", "accuracy", 76.83, 1.5},
    {"cora", "random-10-10-80", "a2", "accuracy", 81.78, 1.5},
    {"cora", "random-10-10-80", "a3", "accuracy", 82.56, 1.5},
    {"citeseer", "random-10-10-80", "raw", "accuracy", 57.72, 1.5},
    {"citeseer", "random-10-10-80", "a1", "accuracy", 66.63, 1.5},
    {"citeseer", "random-10-10-80", "a2", "accuracy", 69.71, 1.5},  // these two: PyTorch, 8 and 5 splits of the
    {"citeseer", "random-10-10-80", "a3", "accuracy", 70.32, 1.5},  // labelled nodes
    {"cora", "link-85-5-10", "raw", "auc", 80.17, 1},
    {"cora", "link-85-5-10", "raw", "ap", 81.96, 1},
    {"cora", "link-85-5-10", "a1", "auc", 92.32, 1},
    {"cora", "link-85-5-10", "a1", "ap", 93.38, 1},
    {"cora", "link-85-5-10", "a2", "auc", 91.05, 1},
    {"cora", "link-85-5-10", "a2", "ap", 92.47, 1},
    {"citeseer", "link-85-5-10", "raw", "auc", 88.39, 1},
    {"citeseer", "link-85-5-10", "raw", "ap", 90.12, 1},
    {"citeseer", "link-85-5-10", "a1", "auc", 94.99, 1},
    {"citeseer", "link-85-5-10", "a1", "ap", 96.18, 1},
    {"citeseer", "link-85-5-10", "a2", "auc", 93.65, 1},
    {"citeseer", "link-85-5-10", "a2", "ap", 95.07, 1},
    {"cora without features", "link-85-5-10", "a3", "auc", 84.14, 1},
    {"cora without features", "link-85-5-10", "a3", "ap", 87.33, 1},
    {"citeseer without features", "link-85-5-10", "a3", "auc", 78.16, 1},
    {"citeseer without features", "link-85-5-10", "a3", "ap", 79.06, 1},
    {"blogcatalog", "topk-ovr", "spectral", "micro-f1@50", 42.46, 0.7},  // ARPACK and liblinear
    {"blogcatalog", "topk-ovr", "spectral", "macro-f1@50", 26.85, 1},
    {"blogcatalog", "topk-ovr", "prior", "micro-f1@50", 16.77, 0.5},
    {"blogcatalog", "topk-ovr", "prior", "macro-f1@50", 2.62, 0.2},
};

Dataset named(const std::string& name) {
  const std::filesystem::path root = std::getenv("PFM_DATA");
  if (name == "blogcatalog")
    return io::read_adjacency_list(std::array{root / "node_embedding/bc_adjlist.txt"},
                                   {.labels = root / "node_embedding/bc_labels.txt"});
  const auto folder = root / "planetoid";
  const std::string set = name.substr(0, name.find(' '));
  Dataset data = io::read_planetoid_text(folder / set / "text");
  data.name = set;
  if (set != name) data.all.x = Features::identity(data.nodes());
  return data;
}

}  // namespace

TEST_SUITE("slow") {
  TEST_CASE("controls reach what they reached elsewhere") {
    if (!std::getenv("PFM_SLOW") || !std::getenv("PFM_DATA")) {
      fmt::print("slow: skipped, PFM_SLOW and PFM_DATA (the data root) are not both set\n");
      return;
    }
    std::map<std::string, Dataset> sets;
    std::map<std::string, std::vector<Scores>> done;
    for (const Expected& e : table) {
      if (!sets.contains(e.data)) sets[e.data] = named(e.data);
      const std::string key = fmt::format("{} {} {}", e.data, e.protocol, e.control);
      const auto start = std::chrono::steady_clock::now();
      const bool fresh = !done.contains(key);
      const std::uint64_t seeds = std::string(e.protocol) == "link-85-5-10" ? 40 : 3;  // one link split differs by 1.4
      if (fresh)
        for (std::uint64_t seed = 0; seed < seeds; ++seed)
          done[key].push_back(control_scores(e.protocol, e.control, sets[e.data], seed));
      double sum = 0;
      for (const Scores& scores : done[key])
        for (const auto& [metric, value] : scores)
          if (metric == e.metric) sum += value;
      const double found = sum / double(seeds);
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      fmt::print("{} {}: {:.2f}, elsewhere {:.2f}; {:.2f} s a seed\n", key, e.metric, found, e.value,
                 fresh ? seconds / double(seeds) : 0.0);
      const std::string which(key);  // clang captures no structured binding
      CAPTURE(which);
      CHECK(std::abs(found - e.value) <= e.tolerance);
    }
  }
}
