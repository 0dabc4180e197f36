// Every method of the list runs the same suite.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <pfm/graph/build.h>
#include <pfm/graph/text_samples.h>
#include <pfm/io/builtin.h>
#include <pfm/kernels/gemm.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/rows.h>
#include <pfm/nlp/methods/methods.h>
#include <pfm/selfsup/experiment.h>
#include <pfm/tests/digits.h>
#include <pfm/tests/fixture.h>
#include <pfm/tests/rings.h>
#include <pfm/vision/methods/methods.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

using namespace pfm;

namespace {

// Forty rings and stars as graphs of their own.
Dataset rings_and_stars() {
  std::vector<Edge> edges;
  Dataset data;
  data.name = "rings and stars";
  data.task = Task::graph;
  data.all.segments = {0};
  for (NodeId g = 0; g < 40; ++g) {
    const auto first = NodeId(data.all.segments.back()), size = NodeId(5 + g % 6);
    for (NodeId i = g % 2; i < size; ++i)
      edges.push_back({NodeId(g % 2 ? first : first + (i + 1) % size), NodeId(first + i)});
    data.all.segments.push_back(first + size);
    data.all.samples.push_back(g);
    data.targets.classes.push_back(g % 2);
  }
  data.all.graph = build_graph(NodeId(data.all.segments.back()), edges);
  Matrix x = Matrix::zeros(data.nodes(), 3);
  for (NodeId v = 0; v < data.nodes(); ++v) x(v, Offset(Rng(8).below(std::uint64_t(v), 3))) = 1;
  data.all.x = Features(std::move(x));
  return data;
}

// The beginnings of speeches, every other one of a class.
Dataset labelled_texts() {
  std::vector<std::string> texts = io::builtin("coriolanus").texts;
  texts.resize(20);
  for (std::string& text : texts) text.resize(std::min<std::size_t>(text.size(), 100));
  Dataset data = of_texts("speeches", std::move(texts));
  for (std::int32_t i = 0; i < 20; ++i) data.targets.classes.push_back(i % 2);
  return data;
}

std::vector<Method> every_method() {
  std::vector<Method> all = graph_methods();
  all.insert(all.end(), text_methods().begin(), text_methods().end());
  all.insert(all.end(), vision_methods().begin(), vision_methods().end());
  return all;
}

// What the method can use: one graph, else one with several kinds of nodes, else many graphs, else images, else texts.
const Dataset& data_for(const Method& method) {
  static std::map<std::string, const Dataset*> found;  // methods prepare at length
  if (const auto known = found.find(method.id); known != found.end()) return *known->second;
  static const Dataset all[] = {two_rings(), two_rings_with_types(), rings_and_stars(), some_digits(40),
                                labelled_texts()};
  for (const Dataset& data : all) try {
      method.make(data, Options(Rng(1)));
      return *found.emplace(method.id, &data).first->second;
    } catch (const Error& error) {
      CHECK(error.fault == Fault::input);
    }
  FAIL("no data set that this method can use: ", method.id);
  return all[0];
}

// What methods ask of these, they get; run_seed() refuses what a method does not ask.
const Options::Values small{{"hidden", "16"},      {"epochs", "12"},         {"patience", "0"}, {"samples", "0.02"},
                            {"stage_epochs", "3"}, {"patch", "2"},           {"length", "32"},  {"vocabulary", "300"},
                            {"warmup", "0"},       {"tokenizer_steps", "20"}};

Options::Values asked_of(const Method& method, const Dataset& data) {
  const Options all(Rng(1));
  method.make(data, all);
  Options::Values values;
  for (const auto& option : all.asked())
    if (small.contains(option.name)) values.insert(*small.find(option.name));
  return values;
}

struct Run {
  Pretext pretext;
  Batch batch;
};

Run make(const Method& method, const Dataset& data, const Options::Values& values = small) {
  const Pretext pretext = method.make(data, Options(Rng(1), values));
  return {pretext, pretext.prepare(data)};
}

bool same_bits(const Params& a, const Params& b) {
  if (a.entries().size() != b.entries().size()) return false;
  for (const auto& [name, entry] : a.entries()) {
    if (!b.has(name)) return false;
    const Matrix &x = entry.var.value(), &y = b.at(name).value();
    if (!x.same_shape(y) || std::memcmp(x.data(), y.data(), std::size_t(x.size()) * sizeof(Real)) != 0) return false;
  }
  return true;
}

void copy_state(const Params& from, const Params& to) {
  for (const auto& [name, entry] : from.entries())
    to.state(name, entry.var.rows(), entry.var.cols()).value() = entry.var.value().clone();
}

// Trains: a finite loss that falls, a row of the encoder's width per graph or node.
void check_trains(const Method& method, const Dataset& data) {
  const Run run = make(method, data);
  // Of one draw, before and after: losses of different views differ by more than a few steps gain.
  const Batch asked = run.pretext.batches ? run.pretext.batches(run.batch).epoch(Rng(3))(0) : run.batch;
  const auto loss = [&] { return double(run.pretext.loss(asked, Rng(3)).scalar()); };
  const double before = run.pretext.loss ? loss() : 0;
  const bool queue = run.pretext.params.has("queue.rows");  // what a loss asks against: the same, before and after
  const Matrix asked_against = queue ? run.pretext.params.at("queue.rows").value().clone() : Matrix();
  const Trained trained = pretrain(run.pretext, run.batch, Rng(2));
  CHECK(trained.finished);
  if (run.pretext.trains()) {
    const Offset an_epoch = run.pretext.batches ? run.pretext.batches(run.batch).an_epoch : 1;
    CHECK(trained.steps == run.pretext.training.epochs * an_epoch);
    CHECK(std::isfinite(trained.last_loss));
    if (queue) run.pretext.params.at("queue.rows").value() = asked_against.clone();
    if (run.pretext.loss)
      CHECK(loss() < before);
    else
      CHECK(trained.last_loss < trained.first_loss);
  } else {
    CHECK(trained.steps == 0);
  }
  outcome_of(run.pretext, run.batch);  // asking does not use the rows up
  const Outcome outcome = outcome_of(run.pretext, run.batch);
  const double squares = total_of_squares(outcome.embedding.dense());
  CHECK((std::isfinite(squares) && squares > 0));
  CHECK((outcome.embedding.rows() == data.nodes() || outcome.embedding.rows() == data.items()));
  CHECK(outcome.embedding.cols() == run.pretext.encoder.width);
}

}  // namespace

TEST_SUITE("methods") {
  TEST_CASE("every method trains: finite, falling, right shape") {
    for (const Method& method : every_method()) {
      CAPTURE(method.id);
      check_trains(method, data_for(method));
    }
  }

  TEST_CASE("methods of both kinds of data train on many graphs") {
    const Dataset data = rings_and_stars();
    for (const char* id : {"graphmae", "mvgrl"}) {
      CAPTURE(std::string(id));
      check_trains(*std::ranges::find(graph_methods(), id, &Method::id), data);
    }
  }

  TEST_CASE("a seed says what it scores next: every control of the protocol, then the trained rows") {
    std::vector<std::string> said;
    const Announce announce = [&](const std::string& rows) { said.push_back(rows); };
    const Method& method = *std::ranges::find(graph_methods(), "dgi", &Method::id);
    const SeedResult result =
        run_seed(method, two_rings(), protocol("knn"), {{"hidden", "4"}, {"epochs", "1"}}, 0, {}, announce);
    CHECK(said == std::vector<std::string>{"raw", "a1", "a2", "a3", "random", "trained"});
    CHECK(result.controls.size() == 5);
  }

  TEST_CASE("same seed, same bits at one and two threads") {
    for (const Method& method : every_method()) {
      CAPTURE(method.id);
      const Dataset& data = data_for(method);
      std::vector<Params> found;
      for (const int threads : {1, 2}) {
        const Threads limit(threads);
        const Run run = make(method, data);
        pretrain(run.pretext, run.batch, Rng(2));
        found.push_back(run.pretext.params);
      }
      CHECK(same_bits(found[0], found[1]));
    }
  }

  TEST_CASE("a run stopped at step k and resumed from its state ends in the same bytes") {
    for (const Method& method : every_method())
      for (const char* patience : {"0", "2"}) {
        CAPTURE(method.id);
        const Dataset& data = data_for(method);
        Options::Values values = small;
        values["patience"] = patience;
        const Run whole = make(method, data, values), first = make(method, data, values),
                  second = make(method, data, values);
        pretrain(whole.pretext, whole.batch, Rng(2));
        pretrain(first.pretext, first.batch, Rng(2), {.progress = [](const Progress& p) { return p.step < 5; }});
        copy_state(first.pretext.params, second.pretext.params);
        const Trained end = pretrain(second.pretext, second.batch, Rng(2));
        CHECK(end.finished);
        CHECK(same_bits(whole.pretext.params, second.pretext.params));
      }
  }

  TEST_CASE("an unknown option is refused with the nearest one") {
    for (const Method& method : every_method()) {
      CAPTURE(method.id);
      const Dataset& data = data_for(method);
      const Options known(Rng(1));
      method.make(data, known);
      const std::string name = known.asked().front().name;
      const Options options(Rng(1), {{name + "x", "3"}});
      method.make(data, options);
      const std::string expected = "did you mean \"" + name + "\"?";
      CHECK_THROWS_WITH_AS(options.refuse_unknown(), doctest::Contains(expected.c_str()), Error);
    }
  }

  TEST_CASE("a loss of the batch alone is trained on subgraphs too") {
    int count = 0;
    for (const Method& method : graph_methods()) {
      const Dataset& data = data_for(method);
      const Options known(Rng(1));
      method.make(data, known);
      if (std::ranges::find(known.asked(), "sampler", &Options::Asked::name) == known.asked().end()) continue;
      ++count;
      for (const char* sampler : {"cluster", "saint"}) {
        CAPTURE(method.id);
        Options::Values values = small;
        values.insert({{"sampler", sampler}, {"parts", "2"}, {"together", "1"}});
        std::vector<Params> found;
        for (const int threads : {1, 2}) {
          const Threads limit(threads);
          const Run run = make(method, data, values);
          CHECK(pretrain(run.pretext, run.batch, Rng(2)).steps == 12 * 2);
          found.push_back(run.pretext.params);
        }
        CHECK(same_bits(found[0], found[1]));
      }
      CHECK_THROWS_AS(method.make(data, Options(Rng(1), {{"sampler", "parts"}})), Error);
    }
    CHECK(count == 8);
  }

  TEST_CASE("gic: centres of clusters are directions, how long they are changes nothing") {
    const Dataset data = two_rings();
    const Method& gic = *std::ranges::find(graph_methods(), "gic", &Method::id);
    const Run run = make(gic, data, {{"clusters", "12"}, {"hidden", "8"}});
    const auto loss = [&] { return run.pretext.loss(run.batch, Rng(2)).scalar(); };
    const Real before = loss();
    for (Real& v : run.pretext.params.at("centres").value().row(0)) v *= 4;
    CHECK(loss() == doctest::Approx(before).epsilon(1e-6));
  }

  TEST_CASE("gcc with a queue: it holds the last keys, and these come from an encoder that follows") {
    const Dataset data = two_rings();
    const Method& gcc = *std::ranges::find(graph_methods(), "gcc", &Method::id);
    const auto trained = [&](const char* momentum, int threads) {
      const Threads limit(threads);
      const Run run =
          make(gcc, data, {{"queue", "50"}, {"batch", "20"}, {"epochs", "2"}, {"hidden", "8"}, {"momentum", momentum}});
      const Matrix start = run.pretext.params.at("queue.rows").value().clone();
      CHECK(pretrain(run.pretext, run.batch, Rng(2)).steps == 4);  // 80 keys
      const Matrix& rows = run.pretext.params.at("queue.rows").value();
      const Matrix norms = row_norms(rows);
      for (Offset i = 0; i < 50; ++i) {
        CHECK_FALSE(std::ranges::equal(rows.row(i), start.row(i)));
        CHECK(norms(i, 0) == doctest::Approx(1).epsilon(1e-3));
      }
      return run.pretext.params;
    };
    const auto value = [](const Params& p, const char* name) { return p.at(name).value().values(); };
    const Params at_once = trained("0", 1), never = trained("1", 1), half = trained("0.5", 1);
    CHECK(std::ranges::equal(value(at_once, "key.last.weight"), value(at_once, "encoder.last.weight")));
    const Params start = make(gcc, data, {{"hidden", "8"}}).pretext.params;
    CHECK(std::ranges::equal(value(never, "key.last.weight"), value(start, "encoder.last.weight")));
    CHECK_FALSE(std::ranges::equal(value(half, "key.last.weight"), value(half, "encoder.last.weight")));
    CHECK(same_bits(half, trained("0.5", 2)));
  }

  TEST_CASE("a closed form has no untrained rows to stand beside it") {
    for (const Method& method : every_method()) {
      CAPTURE(method.id);
      const Dataset& data = data_for(method);
      const bool classifies = bool(method.make(data, Options(Rng(1))).class_scores);
      const char* id = !data.all.grids.empty() ? "probe"
                       : data.graphs() > 1     ? "svc10"
                       : data.types.empty()    ? "knn"
                       : classifies            ? "semi@60"
                                               : "heco-20-40-60";
      const SeedResult result = run_seed(method, data, protocol(id), asked_of(method, data), 0);
      const bool beside = std::ranges::find(result.controls, "random", &decltype(result.controls)::value_type::first) !=
                          result.controls.end();
      CHECK(beside == (result.training.steps > 0));
      CHECK(result.trained.front().second > 0);
    }
  }

  // tests/data/closed_forms.py computed the file densely, from the formulas alone.
  TEST_CASE("closed forms give what their formulas give densely") {
    const Dataset data = io::builtin("karate");
    const fixture::Group file = fixture::read(std::filesystem::path(PFM_SOURCE_DIR) / "tests/data/closed_forms.h5");
    for (const auto& [id, expected] : file.groups) {
      const std::string which(id);  // clang captures no structured binding
      CAPTURE(which);
      Options::Values values;
      for (const auto& [name, value] : expected.attributes) values[name] = fmt::format("{}", std::get<double>(value));
      const Method& method = *std::ranges::find(graph_methods(), id, &Method::id);
      const Options options(Rng(1), values);
      const Matrix rows = outcome_of(method.make(data, options), data.all).embedding.as_dense();
      CHECK_NOTHROW(options.refuse_unknown());
      const Matrix products = multiply_transposed(rows, rows), golden = expected.array("products").matrix();
      REQUIRE(products.same_shape(golden));
      for (Offset i = 0; i < golden.size(); ++i)
        CHECK(products.data()[i] == doctest::Approx(golden.data()[i]).epsilon(1e-4));
    }
  }
}
