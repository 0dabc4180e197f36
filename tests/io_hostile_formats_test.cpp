// Hostile and damaged text graphs: a clear Error or a graph, never a crash, a hang or an allocation that a number asks
// for.
#include <pfm/io/adjacency_list.h>
#include <pfm/io/dot.h>
#include <pfm/io/formats.h>
#include <pfm/io/graphml.h>
#include <pfm/io/matrix_market.h>
#include <pfm/io/metis.h>
#include <pfm/io/pajek.h>

#include "corruption.h"

using namespace pfm;

namespace {

// A number that Real does not hold, and what readers of text say of it.
constexpr bool single = sizeof(Real) == sizeof(float);
const std::string beyond = single ? "1e39" : "1e309";
constexpr const char* too_large = single ? "range of Real" : "a finite number";

using Read = Dataset (*)(io::Paths, const io::ReadRules&);

struct Hostile {
  std::string text;
  const char* says;
};

void refuse_all(Read read, const std::vector<Hostile>& cases, const io::ReadRules& rules = {}) {
  const Temporary folder;
  for (const Hostile& c : cases) {
    INFO(c.text.substr(0, 200) << " -> " << c.says);
    put(folder / "h", c.text);
    CHECK_THROWS_WITH_AS(read(std::vector{folder / "h"}, rules), doctest::Contains(c.says), Error);
  }
}

std::string repeated(const std::string& text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

TEST_SUITE("hostile") {
  TEST_CASE("hostile: random corruptions of text graphs") {
    const Temporary folder;
    const auto path = folder / "g";
    struct Case {
      const char* id;
      Read read;
      const char* text;
    };
    for (const Case& c : std::vector<Case>{
             {"adjlist", io::read_adjacency_list, "0 1 2\n1 3\n2 3 4\n10 11\n"},
             {"metis", io::read_metis, "4 3 11\n1 2 5 3 1\n1 1 5\n2 1 1 4 2\n1 3 2\n"},
             {"mtx", io::read_matrix_market,
              "%%MatrixMarket matrix coordinate real symmetric\n% x\n9 9 3\n2 1 0.5\n9 9 1\n3 1 2e1\n"},
             {"graphml", io::read_graphml,
              "<?xml version=\"1.0\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n"
              "<key id=\"w\" for=\"edge\" attr.name=\"weight\"><default>1</default></key>\n"
              "<key id=\"c\" for=\"node\" attr.name=\"class\"/>\n<graph edgedefault=\"undirected\">\n"
              "<node id=\"a\"><data key=\"c\">x</data></node>\n<node id=\"b\"/>\n<node id=\"c\"/>\n"
              "<edge source=\"a\" target=\"b\"><data key=\"w\">2.5</data></edge>\n"
              "<edge source=\"b\" target=\"c\" directed=\"true\"/>\n</graph>\n</graphml>\n"},
             {"dot", io::read_dot,
              "graph g { a -- b -- c [weight=2]; subgraph s { d; e; } -- f; node [color=\"red\"]; /* x */ 7 }\n"},
             {"pajek", io::read_pajek,
              "*Vertices 4\n1 \"a b\" 0.1 0.2\n2 \"c\"\n*Arcs\n1 2 3.5\n3 4 1 c Blue\n*Edgeslist\n2 3 4\n"},
         }) {
      CHECK(outcome([&] { return put(path, c.text), c.read(std::vector{path}, {}), true; }) == "right");
      survive(c.id, c.text, path, [&] {
        const Dataset data = c.read(std::vector{path}, {});
        return data.nodes() < 1'100'000;  // whatever a number in the file says
      });
    }
  }

  TEST_CASE("hostile: adjacency lists") {
    refuse_all(io::read_adjacency_list, {{"# nothing\n", "has no nodes"}, {"a \xff\n", "h:1:3: the id"}});
    refuse_all(io::read_adjacency_list,
               {{"0 1\n", "h:1:4: found the end of the line, expected the weight"},
                {"0 1 nan\n", "h:1:5: found 'nan'"},
                {"0 1 " + beyond + "\n", too_large}},
               {.weighted = true});
  }

  TEST_CASE("hostile: METIS") {
    refuse_all(io::read_metis, {{"", "expected a header"},
                                {"2\n", "h:1:2: found the end of the line, expected the number of edges"},
                                {"2147483647 1\n", "the number of nodes"},
                                {"2 1 2\n", "h:1:5: found '2', expected a format"},
                                {"2 1 0 1 1\n", "the end of the line"},
                                {"2 1 10 9223372036854775807\n", "the number of weights"},
                                {"2 1\n2\n", "h:2:1: the file ends at node 1, expected 2 nodes"},
                                {"2 1\n2\n1\n1\n", "more lines"},
                                {"2 1\n3\n1\n", "h:2:1: found '3', expected a neighbour in [1, 2]"},
                                {"2 1\n0\n1\n", "expected a neighbour"},
                                {"2 1\n2\n\n", "node 1 lists 2, expected 2 to list 1 too"},
                                {"2 1 1\n2 5\n1 6\n", "expected one weight"},
                                {"2 1 1\n2\n1\n", "the weight of an edge"},
                                {"2 1 1\n2 inf\n1 inf\n", "finite"},
                                {"2 1 10\n-1 2\n1 1\n", "the weight or size of a node"},
                                {"2 2\n2\n1\n", "the header says 2 edges, expected 1"},
                                {"2 4611686018427387903\n2\n1\n", "edges, expected 1"},
                                {"2000000000 1\n2\n1\n", "the file ends at node 2"}});
    refuse_all(io::read_metis, {{"2 1\n2\n1\n", "no weights"}}, {.weighted = true});
  }

  TEST_CASE("hostile: Matrix Market") {
    const std::string head = "%%MatrixMarket matrix coordinate ", real = head + "real general\n";
    refuse_all(io::read_matrix_market,
               {{"", "%%MatrixMarket"},
                {"%%MatrixMarket matrix array real general\n", "h:1:23: found 'array', expected coordinate"},
                {head + "complex general\n", "expected real, integer or pattern"},
                {head + "real hermitian\n", "expected general, symmetric"},
                {head + "pattern skew-symmetric\n", "h:1:42: found 'skew-symmetric'"},
                {real, "rows columns entries"},
                {real + "3 2 1\n1 1 1\n", "h:2:3: found '2', expected as many columns as rows"},
                {real + "2147483647 2147483647 1\n1 1 1\n", "the number of rows"},
                {real + "2147483640 2147483640 1\n1 1 1\n", "found 2147483640 nodes and 1 edges"},
                {real + "2 2 9223372036854775807\n1 1 1\n", "the file ends after 1 entries"},
                {real + "2 2 9223372036854775808\n1 1 1\n", "the number of entries"},
                {real + "2 2 1\n", "the file ends after 0 entries of 1"},
                {real + "2 2 1\n1 1 1\n1 2 1\n", "h:4:1: more lines than entries"},
                {real + "2 2 1\n0 1 1\n", "a row in [1, 2]"},
                {real + "2 2 1\n1 3 1\n", "a column in [1, 2]"},
                {real + "2 2 1\n1 1\n", "the weight"},
                {real + "2 2 1\n1 1 nan\n", "finite"},
                {head + "pattern general\n2 2 1\n1 1 1\n", "the end of the line"},
                {head + "real skew-symmetric\n2 2 1\n1 1 1\n", "no entry on the diagonal"}});
  }

  TEST_CASE("hostile: GraphML") {
    auto graph = [](const std::string& inside) {
      return "<graphml><key id='w' for='edge' attr.name='weight'/><graph edgedefault='directed'>" + inside +
             "</graph></graphml>";
    };
    const std::string two = "<node id='a'/><node id='b'/>";
    refuse_all(
        io::read_graphml,
        {{"", "no element found"},
         {"<graphml>", "h:1:10: no element found"},
         {"<gexf/>", "h:1:1: found <gexf>, expected <graphml>"},
         {"<graphml/>", "no <graph>"},
         {"<graphml><graph edgedefault='directed'/></graphml>", "no nodes"},
         {"<graphml><graph/></graphml>", "h:1:10: expected the attribute 'edgedefault'"},
         {"<graphml><graph edgedefault='yes'/></graphml>", "found 'yes', expected directed or undirected"},
         {graph(two) + "<x/>", "junk after document element"},
         {graph("<node/>"), "the attribute 'id'"},
         {graph("<node id='a'/>\n<node id='a'/>"), "h:2:1: a second node 'a'"},
         {graph("<node id='a\xff'/>"), "not well-formed"},
         {graph("<node id='a'><graph edgedefault='directed'/></node>"), "a second graph"},
         {graph(two + "<edge source='a'/>"), "the attribute 'target'"},
         {graph(two + "<edge source='a' target='c'/>"), "an edge of node 'c'"},
         {graph(two + "<edge source='a' target='b' directed='maybe'/>"), "expected true or false"},
         {graph(two + "<edge source='a' target='b'><data key='w'>inf</data></edge>"), "found the weight 'inf'"},
         {graph(two + "<edge source='a' target='b'><data key='w'>" + beyond + "</data></edge>"),
          "found the weight '1e"},
         {graph(two + "<edge source='a' target='b'><data key='x'>1</data></edge>"), "no <key> declares 'x'"},
         {graph(two + "<hyperedge/>"), "a hyperedge"},
         {"<graphml><key id='a'/><key id='a'/></graphml>", "a second key 'a'"},
         {"<graphml><graph edgedefault='directed'><node id='a'/></graph><graph edgedefault='directed'/></graphml>",
          "a second graph"},
         {"<!DOCTYPE graphml [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]>\n" + graph("<node id='&b;'/>"),
          "a declared entity"},
         {"<!DOCTYPE graphml [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><graphml>&a;</graphml>", "a declared entity"},
         {"<!DOCTYPE graphml SYSTEM 'http://x/y.dtd'><graphml>&a;</graphml>", "a reference to an entity"},
         {"<graphml>&a;</graphml>", "undefined entity"},
         {repeated("<a>", 100'000), "expected <graphml>"},
         {"<graphml>" + repeated("<a>", 100'000), "no element found"}});
    refuse_all(io::read_graphml, {{graph(two + "<edge source='a' target='b'/>"), "1 of 1 edges have no weight"}},
               {.weighted = true});
  }

  TEST_CASE("hostile: DOT") {
    std::string many;
    for (int i = 0; i < 20'000; ++i) many += "n" + std::to_string(i) + ";";
    refuse_all(io::read_dot, {{"", "h:1:1: expected"},
                              {"a -- b\n", "h:1:1: expected"},
                              {"graph {\n a -- b\n", "the file ends within a {"},
                              {"graph { a [x=1 }\n", "h:1:16: a } after a ["},
                              {"graph { a }\n}\n", "h:2:1: more after the graph"},
                              {"graph { a -- \"b }", "h:1:14: a \" that no other one closes"},
                              {"graph { a /* }", "h:1:11: a comment that nothing closes"},
                              {"graph { a [label=<<b>x] }", "a < that no > closes"},
                              {"graph { a -> b }", "h: "},
                              {"graph { a -- }", "h: "},
                              {"graph { }", "no nodes"},
                              {"graph { a -- b [weight=x] }", "the weight 'x'"},
                              {"graph { a -- b [weight=inf] }", "the weight 'inf'"},
                              {"graph { \xff }", "h: "},
                              {"graph " + repeated("{ subgraph ", 200'000), "brackets more than 100 deep"},
                              {"graph { a [label=" + repeated("<", 200'000), "< more than 100 deep"},
                              // 400 million edges in 300 kB.
                              {"graph { subgraph a { " + many + " }; subgraph a -- subgraph a }", "h: "}});
  }

  TEST_CASE("hostile: Pajek") {
    const std::string two = "*Vertices 2\n";
    refuse_all(io::read_pajek, {{"", "no section *Vertices"},
                                {"1 2\n", "h:1:1: found '1', expected a section"},
                                {"*Arcs\n1 2\n", "h:1:1: found '*Arcs', expected *Vertices before it"},
                                {"*Vertices\n", "the number of vertices"},
                                {"*Vertices 2147483647\n", "the number of vertices"},
                                {"*Vertices 2000000000\n", "found 2000000000 nodes and 0 edges"},
                                {"*Vertices 2 3\n", "the first sort"},
                                {two + two, "a second *Vertices"},
                                {two + "3 x\n", "h:2:1: found '3', expected the number of a vertex in [1, 2]"},
                                {two + "1 \"x\n", "h:2:3: a \" that no other one closes"},
                                {two + "1 \"\"\n", "empty"},
                                {two + "1 \xff\n", "not UTF-8"},
                                {two + "1 a\n1 b\n", "vertex 1 has two lines"},
                                {two + "*Matrix\n0 1\n1 0\n", "found '*Matrix', expected *Vertices, *Arcs"},
                                {two + "*Arcs :1\n1 2\n*Arcs :2\n2 1\n", "h:4:7: found ':2', expected one relation"},
                                {two + "*Arcs x\n", "one relation"},
                                {two + "*Arcs\n1\n", "the number of a vertex"},
                                {two + "*Arcs\n1 3\n", "h:3:3: found '3'"},
                                {two + "*Arcs\n1 2 nan\n", "h:3:5: found 'nan'"},
                                {two + "*Arcs\n1 2 " + beyond + "\n", too_large},
                                {two + "*Edgeslist\n1 2 0\n", "h:3:5: found '0'"}});
  }
}
