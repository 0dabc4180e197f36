// Text formats and the built-in data sets.
#include <doctest/doctest.h>
#include <pfm/io/builtin.h>
#include <pfm/io/dataset.h>
#include <pfm/io/planetoid.h>
#include <pfm/io/tu_single.h>

#include <algorithm>

using namespace pfm;

TEST_SUITE("io") {
  TEST_CASE("built-in data sets have the published sizes") {
    const Dataset cora = io::builtin("cora");
    CHECK(cora.nodes() == 2708);
    CHECK(cora.all.graph.edges() == 2 * 5278);
    CHECK(cora.all.graph.undirected());
    CHECK(cora.all.x.cols() == 1433);
    CHECK(cora.all.x.sparse().nonzeros() == 49216);
    CHECK(!cora.all.x.sparse().weighted());
    CHECK(cora.targets.class_count() == 7);
    CHECK(cora.splits.at("train").size() == 140);
    CHECK(cora.splits.at("validation").size() == 500);
    CHECK(cora.splits.at("test").size() == 1000);
    CHECK(cora.task == Task::node);

    const Dataset karate = io::builtin("karate");
    CHECK(karate.nodes() == 34);
    CHECK(karate.all.graph.edges() == 2 * 78);
    CHECK(karate.targets.class_count() == 2);
    CHECK(karate.splits.empty());

    const Dataset mutag = io::builtin("mutag");
    CHECK(mutag.graphs() == 188);
    CHECK(mutag.nodes() == 3371);
    CHECK(mutag.all.graph.edges() == 2 * 3721);
    CHECK(mutag.all.x.cols() == 7);
    CHECK(std::ranges::count(mutag.targets.classes, 1) + std::ranges::count(mutag.targets.classes, 0) == 188);
    CHECK(std::max(std::ranges::count(mutag.targets.classes, 1), std::ranges::count(mutag.targets.classes, 0)) == 125);
    CHECK(mutag.task == Task::graph);
  }

  TEST_CASE("an unknown name is refused with the known ones") {
    CHECK_THROWS_WITH_AS(io::load("coraa"), doctest::Contains("cora, coriolanus, digits, karate, mutag"), Error);
  }
}
