// Text formats of graphs: adjacency lists, METIS, Matrix Market, GraphML, DOT, Pajek; and the ways out.
#include <pfm/graph/build.h>
#include <pfm/io/adjacency_list.h>
#include <pfm/io/dataset.h>
#include <pfm/io/dot.h>
#include <pfm/io/edge_list.h>
#include <pfm/io/edge_list_writer.h>
#include <pfm/io/formats.h>
#include <pfm/io/graphml.h>
#include <pfm/io/matrix_market.h>
#include <pfm/io/metis.h>
#include <pfm/io/pajek.h>
#include <zlib.h>

#include <set>
#include <sstream>

#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;

namespace {

using Names = std::vector<std::string>;
using Read = Dataset (*)(io::Paths, const io::ReadRules&);

Dataset read(Read reader, const std::string& text, const io::ReadRules& rules = {}) {
  const Temporary folder;
  put(folder / "g.txt", text);
  return reader(std::vector{folder / "g.txt"}, rules);
}

// The entries of a graph as a text: "0>1:0.5 1>0:0.5", without ":" where it has no weights.
std::string entries(const Dataset& data) {
  std::string text;
  const Sparse& a = data.all.graph.adjacency();
  for (NodeId u = 0; u < a.rows(); ++u)
    for (std::size_t i = 0; i < a.columns(u).size(); ++i) {
      text += (text.empty() ? "" : " ") + std::to_string(u) + ">" + std::to_string(a.columns(u)[i]);
      if (!a.weighted()) continue;
      std::ostringstream weight;
      weight << a.values(u)[i];
      text += ":" + weight.str();
    }
  return text;
}

// The same by names, in the order of the names.
std::set<std::string> by_names(const Dataset& data) {
  std::set<std::string> lines;
  const Sparse& a = data.all.graph.adjacency();
  for (NodeId u = 0; u < a.rows(); ++u)
    for (std::size_t i = 0; i < a.columns(u).size(); ++i)
      lines.insert(data.names[u] + ">" + data.names[a.columns(u)[i]] + ":" + std::to_string(a.values(u)[i]));
  return lines;
}

void put_gzip(const std::filesystem::path& path, const std::string& text) {
  const gzFile file = ::gzopen(path.c_str(), "wb");
  ::gzwrite(file, text.data(), unsigned(text.size()));
  ::gzclose(file);
}

struct Written {
  const char* what;
  NodeId nodes;
  std::vector<Edge> edges;
  std::vector<Real> weights;
  bool undirected;
  Names names;
  std::vector<std::int32_t> classes;
};

Dataset dataset_of(const Written& w) {
  Dataset data;
  data.name = "g";
  data.all.graph =
      build_graph(w.nodes, w.edges, w.weights, {.undirected = w.undirected, .self_loops = BuildRules::SelfLoops::keep});
  data.all.x = Features::identity(w.nodes);
  data.names = w.names;
  data.task = w.classes.empty() ? Task::link : Task::node;
  data.targets.classes = w.classes;
  if (!w.classes.empty()) data.targets.class_names = {"no", "yes"};
  return data;
}

const io::Format& format(const std::string& id) {
  for (const io::Format& f : io::formats())
    if (f.id == id) return f;
  throw std::logic_error("no format " + id);
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("text graphs: adjacency lists") {
    const Dataset plain = read(io::read_adjacency_list, "# networkx\n0 1 2\n1\n2 0\n3\n");
    CHECK(entries(plain) == "0>1 0>2 1>0 2>0");
    CHECK(plain.nodes() == 4);
    CHECK(plain.names.empty());
    CHECK(plain.task == Task::link);
    const Dataset named = read(io::read_adjacency_list, "ann bob\tann\ncid ann\n", {.undirected = false});
    CHECK(named.names == Names{"ann", "bob", "cid"});
    CHECK(entries(named) == "0>0 0>1 2>0");
    CHECK(read(io::read_adjacency_list, "30 7\n7 100\n").names == Names{"7", "30", "100"});
    CHECK(read(io::read_adjacency_list, "07 7\n").names == Names{"07", "7"});  // as texts: 07 is another id than 7
    CHECK(entries(read(io::read_adjacency_list, "0 1 0.5 2 2\n1 0 9\n", {.weighted = true})) ==
          "0>1:0.5 0>2:2 1>0:0.5 2>0:2");
    CHECK(entries(read(io::read_adjacency_list, "0 1 0.5\n1 0 9\n", {.weighted = true, .sum = true})) ==
          "0>1:9.5 1>0:9.5");
  }

  TEST_CASE("text graphs: METIS") {
    const Dataset plain = read(io::read_metis, "% four nodes\n4 2\n2 3\n1\n% within\n1\n\n");
    CHECK(entries(plain) == "0>1 0>2 1>0 2>0");
    CHECK(plain.nodes() == 4);
    CHECK(plain.names.empty());
    CHECK(entries(read(io::read_metis, "2 1 1\n2 7\n1 7\n")) == "0>1:7 1>0:7");
    CHECK(entries(read(io::read_metis, "2 1 111 2\n5 1 1 2 7\n5 2 3 1 7\n")) == "0>1:7 1>0:7");
    CHECK(entries(read(io::read_metis, "2 1 100\n5 2\n6 1\n")) == "0>1 1>0");
    CHECK(entries(read(io::read_metis, "2 1 10\n5 2\n6 1")) == "0>1 1>0");
    CHECK(entries(read(io::read_metis, "2 2\n1 2\n1\n")) == "0>0 0>1 1>0");  // a self-loop counts once
    CHECK(read(io::read_metis, "2 0\n\n\n").nodes() == 2);
    CHECK(read(io::read_metis, "0 0\n").nodes() == 0);
  }

  TEST_CASE("text graphs: Matrix Market") {
    const std::string head = "%%MatrixMarket matrix coordinate ";
    CHECK(entries(read(io::read_matrix_market, head + "real general\n% x\n3 3 2\n1 2 0.5\n3 3 -1e1\n")) ==
          "0>1:0.5 2>2:-10");
    CHECK(entries(read(io::read_matrix_market, head + "integer symmetric\n2 2 2\n2 1 4\n1 1 3\n")) ==
          "0>0:3 0>1:4 1>0:4");
    CHECK(entries(read(io::read_matrix_market, head + "real skew-symmetric\n2 2 1\n2 1 4\n")) == "0>1:-4 1>0:4");
    CHECK(entries(read(io::read_matrix_market, head + "PATTERN General\n2 2 1\n1 2\n")) == "0>1");
    CHECK(entries(read(io::read_matrix_market, head + "pattern general\n2 2 1\n1 2\n", {.undirected = true})) ==
          "0>1 1>0");
    CHECK(read(io::read_matrix_market, head + "pattern general\n5 5 0\n").nodes() == 5);
  }

  TEST_CASE("text graphs: GraphML") {
    const std::string head =
        "<?xml version='1.0'?><g:graphml xmlns:g='http://graphml.graphdrawing.org/xmlns'>"
        "<g:key id='w' for='edge' attr.name='weight' attr.type='double'><g:default>2</g:default></g:key>"
        "<g:key id='c' for='node' attr.name='class'/><g:key id='l' for='node' attr.name='label'/>";
    const Dataset full =
        read(io::read_graphml, head +
                                   "<g:graph edgedefault='undirected'><g:node id='a&amp;b'><g:data key='c'>yes</g:data>"
                                   "</g:node><g:node id='c'/><g:edge source='c' target='a&amp;b'/>\n"
                                   "<g:edge source='c' target='c'><g:data key='w'> 0.5\n</g:data></g:edge>"
                                   "</g:graph></g:graphml>");
    CHECK(full.names == Names{"a&b", "c"});
    CHECK(entries(full) == "0>1:2 1>0:2 1>1:0.5");
    CHECK(full.targets.classes == std::vector<std::int32_t>{0, -1});
    CHECK(full.targets.class_names == Names{"yes"});
    CHECK(full.task == Task::node);

    auto graph = [&](const std::string& inside, const char* direction = "directed") {
      return read(io::read_graphml, "<graphml><key id='l' attr.name='label'/><graph edgedefault='" +
                                        std::string(direction) + "'>" + inside + "</graph></graphml>");
    };
    const std::string nodes = "<node id='1'/><node id='0'/>";
    CHECK(entries(graph(nodes + "<edge source='0' target='1'/>")) == "0>1");
    CHECK(graph(nodes).names.empty());
    CHECK(entries(graph(nodes + "<edge source='0' target='1'/>", "undirected")) == "0>1 1>0");
    // One of each kind: directed, and the undirected one from both ends.
    CHECK(entries(graph("<node id='0'/><node id='1'/><node id='2'/><edge source='0' target='1'/>"
                        "<edge source='1' target='2' directed='false'/>")) == "0>1 1>2 2>1");
    CHECK(entries(graph("<edge source='0' target='1'/>" + nodes)) == "0>1");  // nodes may come later
    auto labelled = [&](const char* one, const char* two) {
      return graph(std::string("<node id='0'><data key='l'>") + one + "</data></node><node id='1'><data key='l'>" +
                   two + "</data></node>");
    };
    CHECK(labelled("x", "x").targets.classes == std::vector<std::int32_t>{0, 0});
    CHECK(labelled("x", "y").targets.classes.empty());  // titles
  }

  TEST_CASE("text graphs: DOT") {
    const Dataset plain = read(io::read_dot,
                               "/* a { comment */ strict graph \"a {\" {\n# 1\n  10 -- 9 -- 100 [weight=2.5]; // {\n"
                               "  node [color=\"}\"]; 7; subgraph x { 9 -- 7 } }\n");
    CHECK(plain.names == Names{"7", "9", "10", "100"});
    CHECK(entries(plain) == "0>1:1 1>0:1 1>2:2.5 1>3:2.5 2>1:2.5 3>1:2.5");
    CHECK(entries(read(io::read_dot, "digraph { b -> {a c}; c -> c }")) == "1>0 1>2 2>2");
    CHECK(entries(read(io::read_dot, "digraph { {a c} -> b; subgraph {{c}} -> subgraph x { c } }")) == "0>1 2>1 2>2");
    CHECK(read(io::read_dot, "graph { 0; 1 }").names.empty());
  }

  TEST_CASE("text graphs: Pajek") {
    const Dataset mixed = read(io::read_pajek,
                               "% a network\n*Network \"of mine\"\n*Vertices 4\n1 \"Ann B\" 0.1 0.2 ic Red\n3 x\n"
                               "*arcs :1 \"likes\"\n1 2 2.5 c Blue\n2 2\n*Edges\n2 3\n*Arcslist\n4 1 2\n");
    CHECK(mixed.names == Names{"Ann B", "2", "x", "4"});
    CHECK(entries(mixed) == "0>1:2.5 1>1:1 1>2:1 2>1:1 3>0:1 3>1:1");
    const Dataset plain = read(io::read_pajek, "*Vertices 3 1\n*Edgeslist\n1 2 3\n");
    CHECK(plain.names.empty());
    CHECK(entries(plain) == "0>1 0>2 1>0 2>0");
    CHECK(entries(read(io::read_pajek, "*Vertices 2\n*Edges\n1 2 p Dots\n")) == "0>1 1>0");
    CHECK(read(io::read_pajek, "*Vertices 2\n1 0\n2 1\n").names.empty());  // as networkx writes 0 .. N-1
  }

  TEST_CASE("text graphs: recognised, plain and gzip") {
    const Temporary folder;
    struct Case {
      const char *file, *id, *text;
    };
    for (const Case& c : std::vector<Case>{
             {"a.mtx", "mtx", "%%MatrixMarket matrix coordinate pattern general\n3 3 1\n1 2\n"},
             {"a.xml", "graphml",
              "<?xml version='1.0'?>\n<graphml><graph edgedefault='directed'><node id='0'/>"
              "</graph></graphml>"},
             {"a.gv", "dot", "// a graph\ndigraph x{a->b}"},
             {"a.net", "pajek", "*vertices 2\n*arcs\n1 2\n"},
             {"a.graph", "metis", "2 1\n2\n1\n"},
             {"a.adjlist", "adjlist", "0 1 2\n"},
             {"a.txt", "edgelist", "graph x\n"},
             {"b.txt", "edgelist", "2 1 1\n1 2 3\n"},
             {"c.graph", "edgelist", "2 1 a\n"},
         }) {
      INFO(c.file);
      put(folder / c.file, c.text);
      put_gzip(folder / (c.file + std::string(".gz")), c.text);
      for (const char* ending : {"", ".gz"}) {
        const auto path = folder / (c.file + std::string(ending));
        const io::Format* found = io::recognised(path);
        REQUIRE(found != nullptr);
        CHECK(std::string(found->id) == c.id);
        if (std::string(c.file) != "c.graph") CHECK(found->read(std::vector{path}, {}).name == std::string(c.file, 1));
      }
    }
  }

  TEST_CASE("text graphs: a heading above labels") {
    auto labels = [](const std::string& graph, const std::string& text) {
      const Temporary folder;
      put(folder / "l.txt", text);
      put(folder / "g.txt", graph);
      return io::read_adjacency_list(std::vector{folder / "g.txt"}, {.labels = folder / "l.txt"}).targets.classes;
    };
    using Classes = std::vector<std::int32_t>;
    CHECK(labels("0 1\n", "node label\n0 4\n1 5\n") == Classes{0, 1});
    CHECK(labels("ann bob\n", "who what\nann x\n") == Classes{0, -1});
    CHECK(labels("node label\n", "node x\nlabel y\n") == Classes{0, 1});  // nodes of these names: no heading
    CHECK_THROWS_WITH_AS(labels("0 1\n", "7 4\n1 5\n"), doctest::Contains("l.txt:1:1: found '7'"), Error);
    CHECK_THROWS_WITH_AS(labels("0 1\n", "node label\n"), doctest::Contains("l.txt:1:1: found 'node'"), Error);
    CHECK_THROWS_WITH_AS(labels("ann bob\n", "anne x\nbob x\n"), doctest::Contains("l.txt:1:1: found 'anne'"), Error);
    CHECK_THROWS_WITH_AS(labels("0 1\n", "node label\nid class\n1 5\n"), doctest::Contains("l.txt:2:1"), Error);
  }

  TEST_CASE("text graphs: each way out and back is the identity") {
    const std::vector<Edge> edges{{0, 1}, {0, 3}, {1, 2}, {3, 2}};
    const std::vector<Edge> ascending{{0, 1}, {0, 2}, {1, 3}, {2, 3}};  // nodes are first mentioned in their order
    const std::vector<Edge> loops{{0, 0}, {0, 1}, {1, 2}, {2, 2}};
    const std::vector<Real> whole{1, 2, 3, 1234567}, broken{Real(0.1), Real(-1e-30), Real(3e30), 1};
    const Names names{"a<b>&\"c\"", "\xc3\x85se \t", "two words", "0"}, words{"ann", "bob", "\xc3\x85se", "x-1"};
    const std::vector<Written> cases{{"plain", 4, edges, {}, true, {}, {}},
                                     {"directed", 4, edges, {}, false, {}, {}},
                                     {"whole weights", 4, edges, whole, true, {}, {}},
                                     {"broken weights", 4, edges, broken, true, {}, {}},
                                     {"both", 4, edges, broken, false, {}, {}},
                                     {"self-loops", 3, loops, broken, true, {}, {}},
                                     {"isolated", 6, edges, {}, true, {}, {}},
                                     {"only isolated", 3, {}, {}, true, {}, {}},
                                     {"words", 4, ascending, {}, true, words, {}},
                                     {"words out of order", 4, edges, whole, true, words, {}},
                                     {"names", 4, edges, whole, false, names, {}},
                                     {"classes", 4, ascending, {}, true, words, {0, -1, 1, 0}}};
    int refused = 0, went = 0;
    for (const io::Format& f : io::formats()) {
      if (f.writes == nullptr) continue;
      const std::string id = f.id, holds = f.writes;
      auto has = [&](const char* word) {
        return (" " + holds + " ").find(" " + std::string(word) + " ") != std::string::npos;
      };
      for (const Written& w : cases)
        for (const bool both : {false, true}) {
          INFO(id << ": " << std::string(w.what) << std::string(both ? " from both ends" : ""));
          if (both && !has("both")) continue;
          const Temporary folder;
          Dataset data = dataset_of(w);
          if (!has("names")) data.names.clear();
          if (!has("classes")) data.targets = {}, data.task = Task::link;
          // What a format cannot hold is refused, or is not there afterwards.
          const bool cannot = (id == "metis" && (!w.undirected || w.weights == broken || w.edges == loops)) ||
                              (id == "edgelist" && (w.edges.empty() || w.names == names));
          const bool reordered = id == "edgelist" && std::string(w.what) == "words out of order";
          const bool lost = id == "edgelist" && std::string(w.what) == "isolated";
          if (cannot) {
            CHECK_THROWS_AS(f.write(folder / "g.txt", data, {.both = both}), Error);
            CHECK(!std::filesystem::exists(folder / "g.txt"));
            ++refused;
            continue;
          }
          f.write(folder / "g.txt", data, {.both = both});
          io::ReadRules rules;
          if (!has("direction") && !w.undirected) rules.undirected = false;
          const Dataset read = f.read(std::vector{folder / "g.txt"}, rules);
          if (reordered) CHECK(by_names(read) == by_names(data));
          if (reordered) continue;
          if (!lost) CHECK(same(read, data));
          if (lost) CHECK(read.nodes() == 4);
          io::write_dataset(folder / "g.h5", read);
          f.write(folder / "again", io::read_dataset(folder / "g.h5"), {.both = both});
          CHECK(content_of(folder / "again") == content_of(folder / "g.txt"));
          ++went;
        }
    }
    CHECK(refused == 9);
    CHECK(went >= 60);
  }

  TEST_CASE("text graphs: what is written, byte for byte") {
    const Temporary folder;
    const Dataset data = dataset_of({"", 3, {{1, 0}, {1, 1}, {2, 0}}, {2, 1, 5}, true, {"x", "y", "z"}, {0, 1, -1}});
    auto written = [&](const char* id, bool both = false) {
      format(id).write(folder / "f", data, {.both = both});
      return content_of(folder / "f");
    };
    CHECK(written("edgelist") == "x y 2\nx z 5\ny y 1\n");
    CHECK(written("edgelist", true) == "x y 2\nx z 5\ny x 2\ny y 1\nz x 5\n");
    CHECK(written("mtx") == "%%MatrixMarket matrix coordinate real symmetric\n3 3 3\n2 1 2\n2 2 1\n3 1 5\n");
    CHECK(written("mtx", true) ==
          "%%MatrixMarket matrix coordinate real general\n3 3 5\n1 2 2\n1 3 5\n2 1 2\n2 2 1\n3 1 5\n");
    CHECK(written("graphml").find("<node id=\"y\"><data key=\"class\">yes</data></node>\n<node id=\"z\"/>\n"
                                  "<edge source=\"x\" target=\"y\"><data key=\"weight\">2</data></edge>\n") !=
          std::string::npos);
    CHECK_THROWS_WITH_AS(written("metis"), doctest::Contains("1 self-loops"), Error);
    io::write_metis(folder / "m", dataset_of({"", 3, {{1, 0}}, {2}, true, {}, {}}), {});
    CHECK(content_of(folder / "m") == "3 1 1\n2 2\n1 2\n\n");
    Dataset twins = data;
    twins.names = {"x", "x", "y"};
    CHECK_THROWS_WITH_AS(io::write_graphml(folder / "t", twins, {}), doctest::Contains("two nodes are called 'x'"),
                         Error);
    CHECK_THROWS_WITH_AS(io::write_edge_list(folder / "t", twins, {}), doctest::Contains("'x'"), Error);
    for (const Names& no : {Names{"source", "target", "z"}, Names{"1", "07", "3"}, Names{"1", "-2", "3"},
                            Names{"a", "#", "b"}, Names{"a", "", "b"}, Names{"a", "b,c", "d"}}) {
      twins.names = no;
      CHECK_THROWS_WITH_AS(io::write_edge_list(folder / "t", twins, {}), doctest::Contains("graphml holds"), Error);
    }
    twins.names = {"x", "07", "3"};
    CHECK_NOTHROW(io::write_edge_list(folder / "t", twins, {}));
    twins.names = {"x", "a\x01", "y"};
    CHECK_THROWS_WITH_AS(io::write_graphml(folder / "t", twins, {}), doctest::Contains("XML cannot"), Error);
    CHECK_THROWS_AS(io::write_edge_list(folder / "no" / "t", data, {}), Error);
  }
}
