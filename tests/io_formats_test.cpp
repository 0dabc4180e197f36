// Readers of foreign formats: Planetoid's pickles, edge lists, the table of formats and its cache.
#include <fmt/format.h>
#include <pfm/io/builtin.h>
#include <pfm/io/dataset.h>
#include <pfm/io/edge_list.h>
#include <pfm/io/formats.h>
#include <pfm/io/planetoid.h>
#include <pfm/kernels/parallel.h>
#include <pfm/kernels/random.h>
#include <zlib.h>

#include <cstdlib>
#include <sstream>

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
    const io::ReadRules rules;
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

    const Dataset directed = io::parse_edge_list("directed", "0 1\n1 1\n", {.undirected = false});
    CHECK(directed.all.graph.edges() == 2);
    CHECK(directed.all.graph.self_loops() == 1);
    CHECK(io::parse_edge_list("one", "0 0\n", rules).nodes() == 1);
  }

  TEST_CASE("edge lists: headers, columns, types, times, other delimiters") {
    const io::ReadRules rules;
    const Dataset header = io::parse_edge_list("h", "# c\nTo,From,Weight\nb,a,2\n", rules);
    CHECK(header.names == std::vector<std::string>{"b", "a"});
    CHECK(header.all.graph.adjacency().values(0)[0] == 2);
    io::ReadRules directed{.undirected = false};
    directed.columns = {"target", "-", "source"};
    const Dataset swapped = io::parse_edge_list("s", "0 9 1\n", directed);
    CHECK(std::ranges::equal(swapped.all.graph.adjacency().columns(1), std::vector<NodeId>{0}));
    io::ReadRules typed;
    typed.columns = {"source", "target", "type"}, typed.delimiter = ';';
    const Dataset two = io::parse_edge_list("t", "new york;rome;flight\nnew york;rome;ship\n", typed);
    CHECK(two.names == std::vector<std::string>{"new york", "rome"});
    CHECK(two.types.relations.size() == 2);
    CHECK(two.all.graph.edges() == 4);
    io::ReadRules timed;
    timed.columns = {"source", "target", "time"};
    const Dataset when = io::parse_edge_list("w", "0 1 5\n1 2 7\n", timed);
    CHECK(when.all.graph.edge_attributes()(3, 0) == 7);
    for (const char* wrong : {"source", "source,target,target", "source,target,wieght", "source,target,type,time"}) {
      io::ReadRules refused;
      std::istringstream words(wrong);
      for (std::string word; std::getline(words, word, ',');) refused.columns.push_back(word);
      CHECK_THROWS_AS(io::parse_edge_list("x", "0 1\n", refused), Error);
    }
    CHECK_THROWS_WITH_AS(io::parse_edge_list("x", "0 1\n", {.weighted = true}), doctest::Contains("--weighted"), Error);
  }

  // All threads read integers, one field by field: both must tell the same.
  TEST_CASE("edge lists: the two ways of reading agree") {
    const Temporary folder;
    struct Case {
      std::string text;
      bool fails;
    };
    std::string many = "source\ttarget\tweight\n";
    for (int e = 0; e < 300000; ++e)
      many += fmt::format("{}\t{}\t{}\n", Rng(1).below(e, 5000) * 3, Rng(2).below(e, 5000) * 3, e % 7 + 0.5);
    for (const Case& c : std::vector<Case>{{"5 7\r\n7 9\r\n\n# x\n5 5", false},
                                           {"0,1\n1,2\n", false},
                                           {"0 1 2.5\n1 0 3\n2 1 +1e3\n", false},
                                           {"0 2147483646\n", false},
                                           {"0 2147483648\n", false},
                                           {"0 1\n1 2 3\n", true},
                                           {"0 1\n1 -2\n", true},
                                           {"0 1\n1\n", true},
                                           {"0 1 nan\n", true},
                                           {"# nothing\n", true},
                                           {many, false}}) {
      INFO(c.text.substr(0, 40));
      put(folder / "g.txt", c.text);
      const std::vector<std::filesystem::path> paths{folder / "g.txt"};
      std::string expected, got;
      Dataset slow, fast;
      try {
        slow = io::parse_edge_list((folder / "g.txt").string(), c.text, {});
      } catch (const Error& error) {
        expected = error.what();
      }
      try {
        fast = io::read_edge_list(paths, {});
      } catch (const Error& error) {
        got = error.what();
      }
      CHECK(expected == got);
      CHECK(c.fails == !expected.empty());
      slow.name = fast.name;
      CHECK(same(slow, fast));
      if (c.fails) continue;
      const Threads one(1);
      CHECK(same(io::read_edge_list(paths, {}), fast));
    }
    const std::vector<std::filesystem::path> parts{folder / "a.txt", folder / "b.txt"};
    put(parts[0], "0 1\n"), put(parts[1], "1 2\n");
    CHECK(io::read_edge_list(parts, {}).all.graph.edges() == 4);
  }

  TEST_CASE("text: gzip, cut short, and gzip that grows without measure") {
    const Temporary folder;
    auto zipped = [&](const char* name, const std::string& text) {
      gzFile file = gzopen((folder / name).c_str(), "wb9");
      gzwrite(file, text.data(), unsigned(text.size()));
      gzclose(file);
      return std::vector{folder / name};
    };
    std::string ring;
    for (int v = 0; v < 5000; ++v) ring += fmt::format("{} {}\n", v, (v + 1) % 5000);
    const auto good = zipped("ring.txt.gz", ring);
    const Dataset read = io::read_edge_list(good, {});
    CHECK(read.nodes() == 5000);
    CHECK(read.name == "ring");
    const std::string bytes = content_of(good[0]);
    put(folder / "twice.gz", bytes + bytes);  // two members are one after the other
    CHECK(same(io::read_edge_list(std::vector{folder / "twice.gz"}, {}).all.graph.adjacency(),
               read.all.graph.adjacency()));
    put(folder / "cut.gz", bytes.substr(0, bytes.size() / 2));
    CHECK_THROWS_WITH_AS(io::read_edge_list(std::vector{folder / "cut.gz"}, {}), doctest::Contains("gzip"), Error);
    const auto bomb = zipped("bomb.gz", std::string(std::size_t{80} << 20, '#'));
    CHECK_THROWS_WITH_AS(io::read_edge_list(bomb, {}), doctest::Contains("256 times"), Error);
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
