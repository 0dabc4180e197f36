// Data sets as HDF5: there and back, byte for byte, mapped and aligned.
#include <pfm/graph/build.h>
#include <pfm/io/builtin.h>
#include <pfm/io/check.h>
#include <pfm/io/dataset.h>

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

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("HDF5: a data set comes back as it was") {
    const Temporary folder;
    std::vector<Dataset> cases;
    for (const std::string& name : io::builtin_names()) cases.push_back(io::builtin(name));
    cases.push_back(full());
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
    }
    const Dataset back = [&] {
      io::write_dataset(folder / "d.h5", full());
      return io::read_dataset(folder / "d.h5");
    }();
    CHECK(back.all.grids.at(1).height == 2);
    CHECK((*back.targets.reals)(0, 0) == 3);
    CHECK(std::isnan((*back.targets.reals)(1, 0)));
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
}
