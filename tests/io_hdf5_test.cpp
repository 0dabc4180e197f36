// Data sets as HDF5: there and back, byte for byte, mapped and aligned.
#include <hdf5.h>
#include <pfm/graph/build.h>
#include <pfm/graph/relations.h>
#include <pfm/io/builtin.h>
#include <pfm/io/check.h>
#include <pfm/io/dataset.h>
#include <pfm/io/hdf5.h>

#include <cmath>
#include <limits>

#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;

namespace {

// Everything a data set can hold.
Dataset full() {
  Dataset data;
  data.name = "full";
  const std::vector<Edge> edges{{0, 1}, {1, 2}, {3, 4}};
  const Graph plain = build_graph(5, edges, std::vector<Real>{0.5, 2, -1});
  data.all.graph = Graph(plain.adjacency(), Matrix::filled(6, 2, 0.25), {0, 1, 1, 0, 2, 2});
  data.all.x = Matrix::filled(5, 3, Real(1.5));
  data.all.segments = {0, 3, 5};
  data.all.samples = {0, 1};
  data.all.grids = {{1, 3}, {2, 1}};
  data.targets.classes = {1, -1};
  data.targets.class_names = {"no", "yes"};
  data.targets.label_sets = Sparse(2, 3, {0, 2, 2}, {0, 2});
  data.targets.reals = std::make_shared<const Matrix>(Matrix(2, 1, {3, std::numeric_limits<Real>::quiet_NaN()}));
  data.splits = {{"train", {1}}, {"test", {0}}};
  data.folds = {{0}, {1}};
  data.names = {"a", "", "Å", "a b", "e"};
  data.texts = {"x", "y\nz", "", "4", "5"};
  data.task = Task::graph;
  return data;
}

// Two papers of one author and a review: kinds of nodes and edges, some with features, and all that goes with them.
Dataset typed() {
  Dataset data;
  data.name = "typed";
  data.types = {{"paper", "a/b%.", "review"}, {0, 2, 3, 4}, {0, 3, 3, 4}, {}};
  data.types.relations = {{"written by", 0, 1, true}, {"cites", 0, 0, false}, {".of", 2, 0, true}};
  data.all.graph = build_relations(data.types, {{0, 2, 0}, {1, 2, 0}, {0, 1, 1}, {3, 1, 2}, {0, 0, 1}});
  data.all.x = Sparse(4, 4, {0, 1, 3, 3, 4}, {1, 0, 2, 3});
  data.targets.classes = {1, 0};
  data.targets.pairs = {};
  data.splits = {{"train_20", {1}}};
  data.metapaths["pap"] = Sparse(2, 2, {0, 2, 4}, {0, 1, 0, 1});
  data.positives = Sparse(2, 2, {0, 1, 2}, {0, 1});
  data.names = {"7", "8", "9", "11"};
  data.task = Task::node;
  return data;
}

Dataset facts() {
  Dataset data;
  data.name = "facts";
  data.types = {{"entity"}, {0, 3}, {}, {{"/likes", 0, 0, false}, {"knows", 0, 0, false}}};
  data.all.graph = build_relations(data.types, {{0, 1, 0}, {0, 1, 1}, {2, 0, 1}});
  data.all.x = Features::identity(3);
  data.targets.pairs = {{0, 0, 1}, {0, 1, 1}, {2, 1, 0}, {1, 0, 2}};
  data.splits = {{"train", {0, 1, 2}}, {"test", {3}}};
  data.names = {"ann", "bob", "0c"};
  data.task = Task::link;
  return data;
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("relations: sorted, both ways where they hold both ways, parallel edges of other types stay") {
    const Dataset data = typed();
    const Graph& g = data.all.graph;
    CHECK(g.edges() == 8);  // 2 + 2 written by, a citation, a loop, 2 of a review
    CHECK(std::ranges::equal(g.adjacency().columns(0), std::vector<NodeId>{0, 1, 2}));
    CHECK(std::ranges::equal(g.adjacency().columns(2), std::vector<NodeId>{0, 1}));
    CHECK(same(relation(g, data.types, 0), Sparse(2, 1, {0, 1, 2}, {0, 0})));
    CHECK(same(relation(g, data.types, 1), Sparse(2, 2, {0, 2, 2}, {0, 1})));
    CHECK(facts().all.graph.edges() == 3);
    CHECK_THROWS_AS(build_relations(data.types, {{2, 0, 0}}), std::logic_error);
  }

  TEST_CASE("HDF5: a file of the first format is read") {
    const Dataset data = io::read_dataset(std::filesystem::path(PFM_SOURCE_DIR) / "tests/data/version1.h5");
    CHECK(data.names == std::vector<std::string>{"ann", "bob", "eve"});
    CHECK(data.targets.classes == std::vector<std::int32_t>{0, -1, 1});
    CHECK(std::ranges::equal(data.all.graph.adjacency().view().values, std::vector<Real>{2, 2, 3, 3}));
  }

  TEST_CASE("HDF5: a data set comes back as it was") {
    const Temporary folder;
    std::vector<Dataset> cases;
    for (const std::string& name : io::builtin_names()) cases.push_back(io::builtin(name));
    cases.push_back(full());
    cases.push_back(typed());
    cases.push_back(facts());
    Dataset lonely;
    lonely.all.graph = Graph::without_edges(1);
    lonely.all.x = Features::identity(1);
    cases.push_back(lonely);
    lonely.all.graph = Graph::without_edges(0);
    lonely.all.x = Features::identity(0);
    cases.push_back(lonely);
    for (const Dataset& data : cases) {
      INFO(data.name);
      io::write_dataset(folder / "d.h5", data);
      const Dataset back = io::read_dataset(folder / "d.h5");
      CHECK(same(data, back));
      CHECK(back.all.graph.adjacency().weighted() == data.all.graph.adjacency().weighted());
      io::write_dataset(folder / "a.h5", data, {}, io::Layout::archive);
      CHECK(same(data, io::read_dataset(folder / "a.h5")));
    }
    const Dataset back = [&] {
      io::write_dataset(folder / "d.h5", full());
      return io::read_dataset(folder / "d.h5");
    }();
    CHECK(back.all.grids.at(1).height == 2);
    CHECK((*back.targets.reals)(0, 0) == 3);
    CHECK(std::isnan((*back.targets.reals)(1, 0)));
  }

  TEST_CASE("HDF5: an archive is smaller, valid, the same bytes again") {
    const Temporary folder;
    Dataset data = io::builtin("cora");
    data.all.x = Features(data.all.x.as_dense());
    io::write_dataset(folder / "d.h5", data);
    io::write_dataset(folder / "a.h5", data, {}, io::Layout::archive);
    io::write_dataset(folder / "b.h5", data, {}, io::Layout::archive);
    CHECK(content_of(folder / "a.h5") == content_of(folder / "b.h5"));
    CHECK(20 * std::filesystem::file_size(folder / "a.h5") < std::filesystem::file_size(folder / "d.h5"));
    CHECK(same(data, io::read_dataset(folder / "a.h5")));
    std::string damaged = content_of(folder / "a.h5");
    damaged[damaged.size() / 2] = char(damaged[damaged.size() / 2] ^ 1);
    std::ofstream(folder / "a.h5", std::ios::binary) << damaged;
    CHECK_THROWS_AS(io::read_dataset(folder / "a.h5"), Error);
  }

  TEST_CASE("HDF5: equal data give equal bytes, arrays lie at multiples of 4 KiB") {
    const Temporary folder;
    const Dataset cora = io::builtin("cora");
    const io::Provenance made{"convert planetoid-text", {{"cora", "0123456789abcdef"}}};
    io::write_dataset(folder / "a.h5", cora, made);
    io::write_dataset(folder / "b.h5", cora, made);
    const std::string bytes = content_of(folder / "a.h5");
    CHECK(bytes == content_of(folder / "b.h5"));
    CHECK(bytes.find(folder.path().string()) == std::string::npos);
    const auto columns = std::as_bytes(cora.all.x.sparse().view().columns);
    const std::size_t at = bytes.find({reinterpret_cast<const char*>(columns.data()), columns.size()});
    CHECK(at != std::string::npos);
    CHECK(at % 4096 == 0);
    // The ones of unweighted matrices take no bytes.
    CHECK(bytes.size() < 500'000);
  }

  TEST_CASE("HDF5: the writer's driver lives as long as its sink") {
    hid_t driver = -1;
    {
      io::hdf5::Sink sink;
      driver = H5Pget_driver(io::hdf5::access_to(sink));
      CHECK(H5Iis_valid(driver) > 0);
    }
    CHECK(H5Iis_valid(driver) == 0);
  }
}
