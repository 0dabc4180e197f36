// Data sets that are folders of text: TU, attributed text, OGB; and the folds beside a single text.
#include <pfm/io/attributed_text.h>
#include <pfm/io/dataset.h>
#include <pfm/io/ogb.h>
#include <pfm/io/planetoid.h>
#include <pfm/io/tu.h>
#include <pfm/io/tu_single.h>
#include <zlib.h>

#include <cmath>

#include "corruption.h"
#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;

namespace {

using Files = std::map<std::string, std::string>;

void put_gzip(const std::filesystem::path& path, const std::string& content) {
  const gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, content.data(), unsigned(content.size()));
  gzclose(file);
}

// A folder of these files; a name that ends in .gz is packed.
void put_all(const std::filesystem::path& folder, const Files& files) {
  std::filesystem::remove_all(folder);
  for (const auto& [name, content] : files) {
    std::filesystem::create_directories((folder / name).parent_path());
    name.ends_with(".gz") ? put_gzip(folder / name, content) : put(folder / name, content);
  }
}

template <class Read>
Dataset read(Read reader, const std::filesystem::path& path, std::optional<bool> undirected = {}) {
  io::ReadRules rules;
  rules.undirected = undirected;
  return reader(std::vector{path}, rules);
}

// What reading ends in when one file of a good folder is another one.
template <class Read>
std::string with(Read reader, const std::filesystem::path& folder, Files files, const std::string& name,
                 const std::string& content) {
  files[name] = content;
  put_all(folder, files);
  return outcome([&] { return read(reader, folder).nodes() >= 0; });
}

// All files of a folder as one text that is damaged as a whole.
template <class Read>
void survive_folder(const std::string& what, const std::filesystem::path& folder, const Files& files, Read reader) {
  std::string joined;
  for (const auto& [name, content] : files) joined += content;
  put_all(folder, files);
  survive(what, joined, folder / "joined", [&] {
    std::string rest = content_of(folder / "joined");
    for (const auto& [name, content] : files) {
      put(folder / name, rest.substr(0, content.size()));
      rest.erase(0, content.size());
    }
    return read(reader, folder).nodes() >= 0;
  });
}

// Two graphs: a triangle and an edge with a loop; the nodes of the second come first in the file, one of the first
// between them.
Files tu() {
  return {{"T_graph_indicator.txt", "2\n1\n2\n1\n1\n"},
          {"T_A.txt", "2, 4\n4, 2\n4, 5\n5, 4\n2, 5\n5, 2\n1, 3\n3, 1\n1, 1\n"},
          {"T_edge_labels.txt", "7\n7\n5\n5\n7\n7\n5\n5\n9\n"},
          {"T_edge_attributes.txt", "1, 0\n1, 0\n2, 0\n2, 0\n3, 0\n3, 0\n4, 0\n4, 0\n5, 0.5\n"},
          {"T_graph_labels.txt", "1\n-1\n"},
          {"T_graph_attributes.txt", "0.5\n-2\n"},
          {"T_node_labels.txt", "4\n4\n3\n8\n4\n"},
          {"T_node_attributes.txt", "1, 10\n2, 20\n3, 30\n4, 40\n5, 50\n"},
          {"folds10_test.txt", "0\n1\n"},
          {"README.txt", "a word\n"}};
}

Files attributed() {
  return {{"edges.txt", "0 1\n1 0\n2 2\n"},
          {"features.txt", "3 0\n\n1:2.5 2:0\n"},
          {"labels.txt", "1\n-1\n0\n"},
          {"train.txt", "0\n"},
          {"test.txt", "2\n"}};
}

Files ogb() {
  return {{"raw/edge.csv", "0,1\n1,2\n0,1\n"},    {"raw/num-node-list.csv", "3\n0\n2\n"},
          {"raw/num-edge-list.csv", "2\n0\n1\n"}, {"raw/node-feat.csv", "1,0\n2,0\n3,0\n4,0.5\n5,0\n"},
          {"raw/edge-feat.csv", "10\n20\n30\n"},  {"raw/graph-label.csv", "0,1\n,0\n1,nan\n"},
          {"split/scaffold/train.csv", "0\n1\n"}, {"split/scaffold/valid.csv", "2\n"},
          {"mapping/mol.csv", "passed over"}};
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("TU: all files, nodes out of order") {
    const Temporary folder;
    const auto path = folder / "T";
    put_all(path, tu());
    CHECK(io::recognised(path)->id == std::string("tu"));
    const Dataset data = read(io::read_tu, path);
    CHECK(data.name == "T");
    CHECK(data.task == Task::graph);
    CHECK(data.all.segments == std::vector<Offset>{0, 3, 5});
    // Nodes of the file: 2, 4, 5 (the triangle), 1, 3.
    const Graph& g = data.all.graph;
    CHECK(same(g.adjacency(), Sparse(5, 5, {0, 2, 4, 6, 8, 9}, {1, 2, 0, 2, 0, 1, 3, 4, 3})));
    CHECK(std::ranges::equal(g.edge_types(), std::vector<std::int32_t>{1, 1, 1, 0, 1, 0, 2, 0, 0}));
    CHECK(same(g.edge_attributes(), Matrix(9, 2, {1, 0, 3, 0, 1, 0, 2, 0, 3, 0, 2, 0, 5, Real(0.5), 4, 0, 4, 0})));
    CHECK(same(data.all.x.dense(),
               Matrix(5, 5, {0, 1, 0, 2, 20, 0, 0, 1, 4, 40, 0, 1, 0, 5, 50, 0, 1, 0, 1, 10, 1, 0, 0, 3, 30})));
    CHECK(data.targets.classes == std::vector<std::int32_t>{1, 0});
    CHECK(data.targets.class_names == std::vector<std::string>{"-1", "1"});
    CHECK(same(*data.targets.reals, Matrix(2, 1, {Real(0.5), -2})));
    CHECK(data.folds == std::vector<std::vector<NodeId>>{{0}, {1}});
    CHECK(read(io::read_tu, path, false).all.graph.edges() == 9);
    io::write_dataset(folder / "t.h5", data);
    CHECK(same(io::read_dataset(folder / "t.h5"), data));
  }

  TEST_CASE("TU: what may be absent, gzip") {
    const Temporary folder;
    const auto path = folder / "T";
    Files files{{"T_graph_indicator.txt.gz", "1\n1\n2\n"}, {"T_A.txt.gz", "1 2\n"}};
    put_all(path, files);
    CHECK(io::recognised(path)->id == std::string("tu"));
    const Dataset bare = read(io::read_tu, path);
    CHECK(bare.graphs() == 2);
    CHECK(bare.all.graph.edges() == 2);
    CHECK(bare.all.x.is_identity());
    CHECK(bare.targets.classes.empty());
    files["T_node_labels.txt"] = "0, 5\n1, 5\n0, 6\n";
    put_all(path, files);
    CHECK(same(read(io::read_tu, path).all.x.sparse(), Sparse(3, 4, {0, 2, 4, 6}, {0, 2, 1, 2, 0, 3})));
    files["T_node_labels.txt"] = "0\n1\n2\n";  // an attribute that is one of four columns: dense; of five: sparse
    files["T_node_attributes.txt"] = "1\n0\n2.5\n";
    put_all(path, files);
    CHECK(read(io::read_tu, path).all.x.is_dense());
    files["T_node_labels.txt"] = "0 8\n1 9\n2 9\n";
    put_all(path, files);
    CHECK(same(read(io::read_tu, path).all.x.sparse(),
               Sparse(3, 6, {0, 3, 5, 8}, {0, 3, 5, 1, 4, 2, 4, 5}, {1, 1, 1, 1, 1, 1, 1, Real(2.5)})));
    files["T_graph_labels.txt"] = "3\n3\n3\n";  // a graph without nodes
    put_all(path, files);
    CHECK(read(io::read_tu, path).all.segments == std::vector<Offset>{0, 2, 3, 3});
  }

  TEST_CASE("hostile: TU files that do not fit each other") {
    const Temporary folder;
    auto tu_with = [&](const char* name, const char* content) {
      return with(io::read_tu, folder / "T", tu(), name, content);
    };
    CHECK(tu_with("README.txt", "\xff") == "right");
    CHECK(tu_with("T_A.txt", "1, 2\n") == "refused");  // from graph to graph
    CHECK(tu_with("T_A.txt", "0, 2\n") == "refused");
    CHECK(tu_with("T_A.txt", "2, 4\n") == "refused");  // fewer edges than edge labels
    CHECK(tu_with("T_A.txt", "2, 99999999999999999999\n") == "refused");
    CHECK(tu_with("T_graph_indicator.txt", "1\n") == "refused");
    CHECK(tu_with("T_graph_indicator.txt", "1\n1\n1\n1\n3\n") == "refused");
    CHECK(tu_with("T_graph_labels.txt", "1\n2 3\n") == "refused");
    CHECK(tu_with("T_graph_labels.txt", "1\n") == "refused");
    CHECK(tu_with("T_graph_attributes.txt", "1\n2\n3\n") == "refused");
    CHECK(tu_with("T_graph_attributes.txt", "1\nnan\n") == "refused");
    CHECK(tu_with("T_node_labels.txt", "1\n2\n3\n4\n") == "refused");
    CHECK(tu_with("T_node_labels.txt", "1\n2\n3\n4\n5\n6\n") == "refused");
    CHECK(tu_with("T_node_labels.txt", "1\n2\n3\n4\n5 6\n") == "refused");
    CHECK(tu_with("T_node_labels.txt", "1 1\n2\n3\n4\n5\n") == "refused");
    CHECK(tu_with("T_node_attributes.txt", "1\n2\n3\n4\ninf\n") == "refused");
    CHECK(tu_with("T_node_attributes.txt", "1\n2\n3\n4\n5 6\n") == "refused");
    CHECK(tu_with("T_edge_labels.txt", "1\n") == "refused");
    CHECK(tu_with("T_edge_attributes.txt", "1\n") == "refused");
    CHECK(tu_with("folds10_test.txt", "2\n") == "refused");
    CHECK(tu_with("folds10_test.txt", "0 1 0\n") == "refused");
    put_all(folder / "N", {{"N_graph_indicator.txt", "2000000000\n"}, {"N_A.txt", ""}});
    CHECK_THROWS_WITH_AS(read(io::read_tu, folder / "N"), doctest::Contains("no more graphs than nodes"), Error);
    CHECK_THROWS_WITH_AS(read(io::read_tu, folder.path()), doctest::Contains("graph_indicator"), Error);
  }

  TEST_CASE("single text: folds beside it") {
    const Temporary folder;
    put(folder / "t.txt", "2\n2 1\n0 1 1\n0 1 0\n1 0\n1 0\n");
    CHECK(io::read_tu_single(folder / "t.txt").folds.empty());
    put(folder / "folds10_test.txt", "1\n0\n");
    CHECK(io::read_tu_single(folder / "t.txt").folds == std::vector<std::vector<NodeId>>{{1}, {0}});
    put(folder / "folds10_test.txt", "2\n");
    CHECK_THROWS_WITH_AS(io::read_tu_single(folder / "t.txt"), doctest::Contains("folds10_test.txt:1:1"), Error);
    put(folder / "l.txt", "1\n3 0\n0 2 1 0\n0 1 0\n0 1 1\n");  // a loop; an edge named from one end alone
    std::filesystem::remove(folder / "folds10_test.txt");
    const Dataset data = io::read_tu_single(folder / "l.txt");
    CHECK(same(data.all.graph.adjacency(), Sparse(3, 3, {0, 2, 4, 5}, {0, 1, 0, 2, 1})));
  }

  TEST_CASE("attributed text: features by line, empty lines, values") {
    const Temporary folder;
    const auto path = folder / "A";
    put_all(path, attributed());
    CHECK(io::recognised(path)->id == std::string("attributed-text"));
    const Dataset data = read(io::read_attributed_text, path);
    CHECK(data.name == "A");
    CHECK(same(data.all.graph.adjacency(), Sparse(3, 3, {0, 1, 2, 3}, {1, 0, 2})));
    CHECK(same(data.all.x.sparse(), Sparse(3, 4, {0, 2, 2, 3}, {0, 3, 1}, {1, 1, Real(2.5)})));
    CHECK(data.targets.classes == std::vector<std::int32_t>{1, -1, 0});
    CHECK(data.splits == std::map<std::string, std::vector<NodeId>>{{"train", {0}}, {"test", {2}}});
    put_all(path, {{"edges.txt.gz", "0 1 0.5\n"}, {"features.txt.gz", "0 1 2\n5 6 7\n0 1 2\n"}});
    CHECK(io::recognised(path)->id == std::string("attributed-text"));
    const Dataset packed = read(io::read_attributed_text, path);
    CHECK(packed.task == Task::link);
    CHECK(same(packed.all.graph.adjacency(), Sparse(3, 3, {0, 1, 2, 2}, {1, 0}, {Real(0.5), Real(0.5)})));
    put_all(path, {{"edges.txt", "0 1\n"}, {"features.txt", "0 1 2\n1 6 7\n"}, {"labels.txt", "0\n0\n"}});
    CHECK(io::recognised(path)->id == std::string("planetoid-text"));
    CHECK(io::recognised(std::filesystem::path(PFM_SOURCE_DIR) / "data/cora")->id == std::string("planetoid-text"));

    auto text_with = [&](const char* name, const char* content) {
      return with(io::read_attributed_text, path, attributed(), name, content);
    };
    CHECK(text_with("labels.txt", "1\n0\n") == "refused");
    CHECK(text_with("labels.txt", "1\n0\nx\n") == "refused");
    CHECK(text_with("edges.txt", "0 3\n") == "refused");
    CHECK(text_with("edges.txt", "0 1 0.5\n1 2\n") == "refused");
    CHECK(text_with("edges.txt", "0 1\n1 2 1\n") == "refused");
    CHECK(text_with("train.txt", "0\n0\n") == "refused");
    const char* beyond_real = sizeof(Real) == sizeof(float) ? "1:1e39" : "1:1e309";
    for (const char* cell : {"-1", "1:", "1:x", "1:inf", beyond_real, "1:2:3", ":1", "x", "2147483646", "1;2", "4 4"}) {
      INFO(cell);
      CHECK(text_with("features.txt", (std::string(cell) + "\n\n\n").c_str()) == "refused");
    }
  }

  TEST_CASE("OGB: one graph with labels of nodes") {
    const Temporary folder;
    const auto path = folder / "ogbn_tiny";
    put_all(path, {{"raw/edge.csv.gz", "0,1\n2,1\n"},
                   {"raw/num-node-list.csv.gz", "3\n"},
                   {"raw/num-edge-list.csv.gz", "2\n"},
                   {"raw/node-feat.csv.gz", "0.5,-1\n2,3\n4,5\n"},
                   {"raw/node-label.csv.gz", "1\n0\nnan\n"},
                   {"raw/node_year.csv.gz", "2001\n2002\n2003\n"},
                   {"split/time/train.csv.gz", "0\n"},
                   {"split/time/valid.csv.gz", "1\n"},
                   {"split/time/test.csv.gz", "2\n"}});
    CHECK(io::recognised(path)->id == std::string("ogb"));
    const Dataset data = read(io::read_ogb, path);
    CHECK(data.name == "ogbn_tiny");
    CHECK(data.task == Task::node);
    CHECK(data.all.segments.empty());
    CHECK(data.all.graph.edges() == 4);
    CHECK(read(io::read_ogb, path, false).all.graph.edges() == 2);
    CHECK(same(data.all.x.dense(), Matrix(3, 2, {Real(0.5), -1, 2, 3, 4, 5})));
    CHECK(data.targets.classes == std::vector<std::int32_t>{1, 0, -1});
    CHECK(data.splits ==
          std::map<std::string, std::vector<NodeId>>{{"train", {0}}, {"validation", {1}}, {"test", {2}}});
    put_gzip(path / "raw/node-label.csv.gz", "\n\"\"\n2\n");
    CHECK(read(io::read_ogb, path).targets.classes == std::vector<std::int32_t>{-1, -1, 2});
    put_gzip(path / "raw/node-label.csv.gz", "1,0\n0,0\n1,1\n");
    CHECK(same(read(io::read_ogb, path).targets.label_sets, Sparse(3, 2, {0, 1, 1, 3}, {0, 0, 1})));
    std::filesystem::create_directories(path / "split/random");
    put(path / "split/random/train.csv", "1\n");
    CHECK_THROWS_WITH_AS(read(io::read_ogb, path), doctest::Contains("2 kinds of splits"), Error);
    std::filesystem::create_directories(path / "raw/relations");
    CHECK_THROWS_WITH_AS(read(io::read_ogb, path), doctest::Contains("several types"), Error);
  }

  TEST_CASE("OGB: many graphs with tasks, some missing") {
    const Temporary folder;
    const auto path = folder / "ogbg_tiny";
    put_all(path, ogb());
    CHECK(io::recognised(path)->id == std::string("ogb"));
    const Dataset data = read(io::read_ogb, path);
    CHECK(data.task == Task::graph);
    CHECK(data.all.segments == std::vector<Offset>{0, 3, 3, 5});
    CHECK(same(data.all.graph.adjacency(), Sparse(5, 5, {0, 1, 3, 4, 5, 6}, {1, 0, 2, 1, 4, 3})));
    CHECK(same(data.all.graph.edge_attributes(), Matrix(6, 1, {10, 10, 20, 20, 30, 30})));
    const Matrix& reals = *data.targets.reals;
    CHECK((reals.rows() == 3 && reals.cols() == 2));
    CHECK((reals(0, 1) == 1 && std::isnan(reals(1, 0)) && reals(1, 1) == 0 && std::isnan(reals(2, 1))));
    CHECK(data.splits == std::map<std::string, std::vector<NodeId>>{{"train", {0, 1}}, {"validation", {2}}});
    auto ogb_with = [&](const char* name, const char* content) {
      return with(io::read_ogb, path, ogb(), name, content);
    };
    CHECK(ogb_with("raw/graph-label.csv", "0\n1\n1\n") == "right");
    CHECK(ogb_with("raw/graph-label.csv", "0\n1\n") == "refused");
    CHECK(ogb_with("raw/graph-label.csv", "0\n1\n1\n1\n") == "refused");
    CHECK(ogb_with("raw/graph-label.csv", "0\n1\n1,1\n") == "refused");
    CHECK(ogb_with("raw/graph-label.csv", "0\n1\nx\n") == "refused");
    CHECK(ogb_with("raw/num-node-list.csv", "3\n0\n") == "refused");
    CHECK(ogb_with("raw/num-node-list.csv", "3\n-1\n3\n") == "refused");
    CHECK(ogb_with("raw/num-node-list.csv", "2147483646\n1\n2\n") == "refused");
    CHECK(ogb_with("raw/num-edge-list.csv", "1\n0\n2\n") == "refused");  // node 2 is not in a graph of two
    CHECK(ogb_with("raw/num-edge-list.csv", "2\n0\n2\n") == "refused");
    CHECK(ogb_with("raw/num-edge-list.csv", "2\n0\n0\n") == "refused");
    CHECK(ogb_with("raw/num-edge-list.csv", "9223372036854775807\n1\n1\n") == "refused");
    CHECK(ogb_with("raw/edge.csv", "0,1\n1,3\n0,1\n") == "refused");
    CHECK(ogb_with("raw/node-feat.csv", "1\n2\n3\n4\n") == "refused");
    CHECK(ogb_with("raw/edge-feat.csv", "1\n2\n") == "refused");
    CHECK(ogb_with("raw/node-label.csv", "0\n0\n0\n0\n0\n") == "refused");
    CHECK(ogb_with("split/scaffold/test.csv", "3\n") == "refused");
    put_all(path, {{"raw/edge.csv", "0,1\n"}, {"raw/num-node-list.csv", "2147483645\n"}});
    CHECK_THROWS_WITH_AS(read(io::read_ogb, path), doctest::Contains("far beyond"), Error);
  }

  TEST_CASE("hostile: random corruptions of folders of text") {
    const Temporary folder;
    survive_folder("TU", folder / "t", tu(), io::read_tu);
    survive_folder("attributed text", folder / "a", attributed(), io::read_attributed_text);
    survive_folder("OGB", folder / "o", ogb(), io::read_ogb);
    put(folder / "folds10_test.txt", "");
    survive("folds of a single text", "1 0\n0\n\n1\n", folder / "folds10_test.txt", [&] {
      put(folder / "t.txt", "2\n2 1\n0 1 1\n0 1 0\n1 0\n1 0\n");
      return io::read_tu_single(folder / "t.txt").graphs() == 2;
    });
  }

  TEST_CASE("folders of text: what is none is refused") {
    const Temporary folder;
    put(folder / "file", "0 1\n");
    for (const char* name : {"file", "missing", "."}) {
      INFO(name);
      CHECK(!io::is_tu(folder / name));
      CHECK(!io::is_ogb(folder / name));
      CHECK(!io::is_attributed_text(folder / name));
      CHECK(outcome([&] { return read(io::read_tu, folder / name).nodes() >= 0; }) == "refused");
      CHECK(outcome([&] { return read(io::read_ogb, folder / name).nodes() >= 0; }) == "refused");
      CHECK(outcome([&] { return read(io::read_attributed_text, folder / name).nodes() >= 0; }) == "refused");
    }
  }
}
