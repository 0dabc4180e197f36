// What methods, options and protocols refuse, and with which words.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/io/builtin.h>
#include <pfm/selfsup/experiment.h>
#include <pfm/selfsup/losses.h>
#include <pfm/tests/rings.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace pfm;

namespace {

const Method& graph_method(const std::string& id) { return *std::ranges::find(graph_methods(), id, &Method::id); }

Dataset without_features(Dataset data) {
  data.all.x = Features::identity(data.nodes());
  return data;
}

// Fault and words of what the body throws.
template <class Body>
void check_refused(Fault fault, const char* words, Body body) try {
  body();
  FAIL_CHECK("not refused: ", words);
} catch (const Error& error) {
  CHECK(error.fault == fault);
  CHECK(std::string(error.what()).find(words) != std::string::npos);
}

void check_option(const char* id, const Dataset& data, const char* name, const char* value, const char* words) {
  CAPTURE(std::string(id));
  check_refused(Fault::usage, words, [&] { graph_method(id).make(data, Options(Rng(1), {{name, value}})); });
}

}  // namespace

TEST_SUITE("methods") {
  TEST_CASE("rows that are not those of what is scored are refused") {
    const Dataset graphs = io::builtin("mutag"), nodes = two_rings();
    const auto scored = [](const char* id, const Dataset& data, Offset rows) {
      return [id, &data, rows] { score_of(protocol(id), {Matrix::zeros(rows, 2)}, data, Rng(1)); };
    };
    for (const char* id : {"random-10-10-80", "random-10-90-ovr", "topk-ovr", "kmeans", "lr10", "knn"})
      check_refused(Fault::input, "a row for each of 188 samples, and these are 3371 rows",
                    scored(id, graphs, graphs.nodes()));
    for (const char* id : {"link-85-5-10", "link-85-5-10@hadamard", "link-50"})
      check_refused(Fault::input, "pairs of 3371 nodes, and these are 188 rows", scored(id, graphs, graphs.graphs()));
    score_of(protocol("link-85-5-10"), {Matrix::zeros(nodes.nodes(), 2)}, nodes, Rng(1));
  }

  TEST_CASE("what is not a number is not taken for a loss of 0, nor hidden by a rectifier") {
    const Real nan = std::numeric_limits<Real>::quiet_NaN();
    CHECK(std::isnan(sce_loss(Var(Matrix(1, 2, {nan, 1})), Var(Matrix(1, 2, {1, 1})), 2).scalar()));
    const Dataset data = two_rings();
    const Pretext pretext = graph_method("subgcon").make(data, Options(Rng(1), {{"hidden", "4"}, {"epochs", "1"}}));
    const std::string name = pretext.params.trainable().front();
    check_refused(Fault::input, "is not finite", [&] {
      pretrain(pretext, pretext.prepare(data), Rng(2), {.progress = [&](const Progress&) {
                 Var(pretext.params.at(name)).value()(0, 0) = nan;
                 return true;
               }});
    });
  }

  TEST_CASE("options out of their range are refused before anything is computed") {
    const Dataset data = two_rings(), graphs = io::builtin("mutag");
    for (const char* name : {"epochs", "patience", "lr", "weight_decay", "clip", "warmup"})
      check_option("dgi", data, name, "-1", "at least 0");
    check_option("dgi", data, "lr", "nan", "a finite number");
    check_option("dgi", data, "lr", "inf", "a finite number");
    for (const char* id : {"dgi", "maskgae", "graph-bert"}) check_option(id, data, "dropout", "1", "below 1");
    for (const char* value : {"0", "1", "-1"}) check_option("graphmae", data, "mask", value, "between 0 and 1");
    for (const char* value : {"2", "-1"}) check_option("graphmae", data, "replace", value, "from 0 to 1");
    check_option("maskgae", data, "mask_rate", "0", "above 0");
    check_option("maskgae", data, "path_steps", "-2", "at least 1");
    check_option("graph-bert", data, "restart", "0", "between 0 and 1");
    check_option("gcc", data, "tau", "0", "above 0");
    check_option("graphcl", graphs, "tau", "0", "above 0");
  }

  TEST_CASE("methods that rebuild features refuse nodes without, others take identity rows") {
    const Dataset bare = without_features(two_rings());
    for (const char* id : {"graphmae", "attributemask", "graphcompletion", "graph-bert"})
      check_refused(Fault::input, "rebuilds features of nodes, and these have none",
                    [&] { graph_method(id).make(bare, Options(Rng(1))); });
    for (const char* id : {"dgi", "gae", "grace", "maskgae"}) graph_method(id).make(bare, Options(Rng(1)));
  }

  TEST_CASE("edges and pairs that are none: both must be there") {
    for (const bool complete : {false, true}) {
      Dataset data;
      data.name = "two nodes";
      data.all.graph = build_graph(2, complete ? std::vector<Edge>{{0, 1}} : std::vector<Edge>{});
      data.all.x = Features::identity(2);
      check_refused(Fault::input, "tells edges from pairs that are none, and needs both",
                    [&] { graph_method("maskgae").make(data, Options(Rng(1))); });
    }
  }
}
