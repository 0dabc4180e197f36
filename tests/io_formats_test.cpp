// Readers of foreign formats: Planetoid's pickles, edge lists, the table of formats and its cache.
#include <pfm/io/builtin.h>
#include <pfm/io/dataset.h>
#include <pfm/io/edge_list.h>
#include <pfm/io/formats.h>
#include <pfm/io/planetoid.h>

#include <cstdlib>

#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;

namespace {

// An environment variable for the length of a test.
class Environment {
 public:
  Environment(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old, had_ = true;
    ::setenv(name, value.c_str(), 1);
  }
  ~Environment() { had_ ? ::setenv(name_, old_.c_str(), 1) : ::unsetenv(name_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::string old_;
  bool had_ = false;
};

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("Planetoid: pickles and text hold the same") {
    const char* root = std::getenv("PFM_DATA");
    if (root == nullptr) {
      MESSAGE("SKIPPED: PFM_DATA is not set");
      return;
    }
    for (const std::string name : {"cora", "citeseer"}) {
      INFO(name);
      const std::filesystem::path folder = std::filesystem::path(root) / "planetoid" / name;
      const Dataset pickles = io::read_planetoid(folder), text = io::read_planetoid_text(folder / "text");
      CHECK(same(pickles, text));
      if (name == "citeseer") {
        CHECK(pickles.nodes() == 3327);
        CHECK(std::ranges::count(pickles.targets.classes, -1) == 15);
      }
      if (name == "cora") CHECK(same(pickles, io::builtin("cora")));
    }
    CHECK_THROWS_WITH_AS(io::read_planetoid(std::filesystem::path(root) / "planetoid" / "pubmed"),
                         doctest::Contains("ind.pubmed.allx"), Error);
  }

  TEST_CASE("edge lists: ids, weights, labels, delimiters") {
    const BuildRules rules;
    const Dataset plain = io::parse_edge_list("plain", "# comment\n0 1\r\n1\t2\n\n% another\n2,0\n", rules);
    CHECK(plain.nodes() == 3);
    CHECK(plain.all.graph.edges() == 6);
    CHECK(plain.names.empty());

    const Dataset sparse = io::parse_edge_list("sparse", "10 7 0.5\n7 300 2\n", rules);
    CHECK(sparse.names == std::vector<std::string>{"7", "10", "300"});
    CHECK(sparse.all.graph.adjacency().values(1)[0] == Real(0.5));

    const Dataset named = io::parse_edge_list("named", "ann bob\nbob Åse\n1 ann\n", rules, "labels", "ann x\n1 y\n");
    CHECK(named.names == std::vector<std::string>{"ann", "bob", "Åse", "1"});
    CHECK(named.targets.classes == std::vector<std::int32_t>{0, -1, -1, 1});
    CHECK(named.targets.class_names == std::vector<std::string>{"x", "y"});
    CHECK(named.task == Task::node);

    const Dataset sets = io::parse_edge_list("sets", "0 1\n", rules, "labels", "0 10 9\n1 9\n");
    CHECK(sets.targets.class_names == std::vector<std::string>{"9", "10"});
    CHECK(same(sets.targets.label_sets, Sparse(2, 2, {0, 2, 3}, {0, 1, 0})));

    const Dataset directed =
        io::parse_edge_list("directed", "0 1\n1 1\n", {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
    CHECK(directed.all.graph.edges() == 2);
    CHECK(directed.all.graph.self_loops() == 1);
    CHECK(io::parse_edge_list("one", "0 0\n", rules).nodes() == 1);
  }

  TEST_CASE("formats: recognised, converted once, read from the cache") {
    const Temporary folder;
    const Environment cache("XDG_CACHE_HOME", (folder / "cache").string());
    put(folder / "graph.txt", "# a triangle\n0 1\n1 2\n2 0\n");
    CHECK(io::recognised(folder / "graph.txt")->id == std::string("edgelist"));
    CHECK(io::recognised(std::filesystem::path(PFM_SOURCE_DIR) / "data/mutag/graphs.txt")->id ==
          std::string("tu-single"));
    CHECK(io::recognised(std::filesystem::path(PFM_SOURCE_DIR) / "data/cora")->id == std::string("planetoid-text"));
    const io::Loaded first = io::load_converted((folder / "graph.txt").string());
    CHECK(first.converted.parent_path() == folder / "cache" / "pfm");
    CHECK(io::recognised(first.converted)->id == std::string("hdf5"));
    const auto made = std::filesystem::last_write_time(first.converted);
    const io::Loaded second = io::load_converted((folder / "graph.txt").string());
    CHECK(second.converted == first.converted);
    CHECK(std::filesystem::last_write_time(second.converted) == made);
    CHECK(same(first.data, second.data));
    put(first.converted, content_of(first.converted).substr(0, 700));  // a damaged cache is made anew
    CHECK(same(io::load((folder / "graph.txt").string()), first.data));
    put(folder / "graph.txt", "0 1\n");
    CHECK(io::load_converted((folder / "graph.txt").string()).converted != first.converted);
  }
}
