// Heads on encoders, trained on labels.
#include <doctest/doctest.h>
#include <pfm/io/builtin.h>
#include <pfm/selfsup/heads.h>
#include <pfm/selfsup/pretrain.h>
#include <pfm/selfsup/protocol.h>

#include <algorithm>

using namespace pfm;

namespace {

const Method& method(const std::string& id) { return *std::ranges::find(graph_methods(), id, &Method::id); }

Pretext start(const char* id, const Dataset& data, const Options::Values& values) {
  return method(id).make(data, Options(Rng(2), values));
}

HeadSettings head(Task task, const Options::Values& values) { return head_from(Options(Rng(0), values), task); }

double sum_of(const Matrix& scores) {
  double sum = 0;
  for (const Real s : scores.values()) sum += double(s);
  return sum;
}

}  // namespace

TEST_SUITE("methods") {
  TEST_CASE("the best weights come back with the moments that BatchNorm had beside them") {
    const Dataset data = io::builtin("mutag");
    const Pretext model =
        with_class_head(start("infograph", data, {{"hidden", "8"}}), Task::graph, data.targets.classes, 2,
                        head(Task::graph, {{"epochs", "6"}, {"lr", "0.05"}}));
    const Batch all = model.prepare(data);
    std::vector<double> sums;
    int epoch = 0;
    pretrain(model, all, Rng(1), {.validate = [&] {
               const NoGradient asking;
               sums.push_back(sum_of(model.class_scores(all)));
               return ++epoch == 3 ? -1.0 : 0.0;  // the third epoch is the best
             }});
    REQUIRE(sums.size() == 6);
    const NoGradient asking;
    CHECK(sum_of(model.class_scores(all)) == sums[2]);
    CHECK(sums[2] != sums[5]);
  }

  TEST_CASE("labelled graphs alone make the batches, each once an epoch") {
    const Dataset data = io::builtin("mutag");
    std::vector<std::int32_t> classes = data.targets.classes;
    for (std::size_t g = 0; g < classes.size(); g += 2) classes[g] = -1;
    const Pretext model = with_class_head(start("infograph", data, {{"hidden", "8"}}), Task::graph, classes, 2,
                                          head(Task::graph, {{"batch", "10"}}));
    const MiniBatches batches = model.batches(model.prepare(data));
    const auto make = batches.epoch(Rng(3));
    std::vector<std::int64_t> met;
    for (Offset b = 0; b < batches.an_epoch; ++b)
      for (const std::int64_t g : make(b).samples) met.push_back(g);
    std::ranges::sort(met);
    REQUIRE(met.size() == classes.size() / 2);
    for (std::size_t i = 0; i < met.size(); ++i) CHECK(met[i] == std::int64_t(2 * i + 1));
  }

  TEST_CASE("ten folds: each item is tested once and validates once, and no turn learns from either part") {
    const Dataset data = io::builtin("mutag");
    std::vector<int> tested(data.targets.classes.size()), validates(tested.size());
    for (const Split& turn : protocol("svc10").turns(data, Rng(4))) {
      std::vector<char> seen(tested.size());
      for (const NodeId g : turn.test) ++tested[std::size_t(g)], ++seen[std::size_t(g)];
      for (const NodeId g : turn.validation) ++validates[std::size_t(g)], ++seen[std::size_t(g)];
      for (const NodeId g : turn.train) ++seen[std::size_t(g)];
      CHECK(std::ranges::count(seen, 1) == std::ptrdiff_t(seen.size()));
    }
    CHECK(std::ranges::count(tested, 1) == std::ptrdiff_t(tested.size()));
    CHECK(std::ranges::count(validates, 1) == std::ptrdiff_t(validates.size()));
  }

  TEST_CASE("a head on links learns those of the graph") {
    const Dataset data = io::builtin("karate");
    const Pretext model = with_link_head(start("gae", data, {}), head(Task::link, {{"epochs", "200"}}));
    const Trained trained = pretrain(model, model.prepare(data), Rng(5));
    CHECK(trained.last_loss < 0.8 * trained.first_loss);
  }
}
