// AnnData files and matrices of 10x Genomics.
#include <hdf5.h>
#include <pfm/graph/build.h>
#include <pfm/io/anndata.h>
#include <pfm/io/builtin.h>
#include <pfm/io/dataset.h>
#include <pfm/io/hdf5_writer.h>

#include <cmath>

#include "corruption.h"
#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;

namespace {

Dataset read(const std::filesystem::path& path, std::optional<bool> undirected = {}) {
  io::ReadRules rules;
  rules.undirected = undirected;
  return io::read_anndata(std::vector{path}, rules);
}

Dataset small() {
  Dataset data;
  data.name = "small";
  data.all.graph = build_graph(4, std::vector<Edge>{{0, 1}, {1, 2}, {3, 3}}, std::vector<Real>{1, 2, 3},
                               {.undirected = false, .self_loops = BuildRules::SelfLoops::keep});
  data.all.x = Sparse(4, 3, {0, 1, 2, 2, 3}, {0, 2, 1}, {1, Real(2.5), -1});
  data.targets.classes = {0, 1, -1, 1};
  data.targets.class_names = {"no", "yes"};
  data.splits = {{"train", {0, 1}}, {"a/b", {1, 3}}};
  data.names = {"a", "b", "c", "Å"};
  data.texts = {"one", "", "two words", "3"};
  data.task = Task::node;
  return data;
}

// 3 genes x 2 barcodes.
void write_10x(const std::filesystem::path& path, std::vector<std::int32_t> shape, std::vector<std::int32_t> indices) {
  io::Hdf5Writer file(path, "none", "0");
  file.array("/matrix/shape", shape);
  file.array("/matrix/indptr", std::vector<std::int64_t>{0, 2, 3});
  file.array("/matrix/indices", indices);
  file.array("/matrix/data", std::vector<std::int32_t>{5, 7, 1});
  file.strings("/matrix/barcodes", std::vector<std::string>{"AAAC-1", "AAAG-1"});
  file.commit();
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("AnnData: what is written comes back") {
    const Temporary folder;
    const auto path = folder / "small.h5ad";
    io::write_anndata(path, small(), {});
    CHECK(io::recognised(path)->id == std::string("anndata"));
    CHECK(same(read(path), small()));
    CHECK(
        same(read(path, true).all.graph.adjacency(), Sparse(4, 4, {0, 1, 3, 4, 5}, {1, 0, 2, 1, 3}, {1, 1, 2, 2, 3})));
    const std::string first = content_of(path);
    io::write_anndata(path, small(), {});
    CHECK(content_of(path) == first);
    for (const char* name : {"cora", "karate"}) {
      INFO(name);
      io::write_anndata(folder / (std::string(name) + ".h5ad"), io::builtin(name), {});
      CHECK(same(read(folder / (std::string(name) + ".h5ad")), io::builtin(name)));
    }
    Dataset other = small();
    other.targets = {};
    other.targets.label_sets = Sparse(4, 2, {0, 1, 1, 3, 3}, {1, 0, 1});
    other.all.x = Matrix(4, 2, {1, 2, 3, 4, 5, 6, 7, 8});
    io::write_anndata(path, other, {});
    CHECK(same(read(path), other));
    other.targets = {};
    const Real nan = std::numeric_limits<Real>::quiet_NaN();
    other.targets.reals = std::make_shared<const Matrix>(Matrix(4, 1, {1, nan, 3, Real(0.5)}));
    io::write_anndata(path, other, {});
    const Dataset back = read(path);
    CHECK(((*back.targets.reals)(0, 0) == 1 && std::isnan((*back.targets.reals)(1, 0))));
    CHECK_THROWS_WITH_AS(io::write_anndata(path, io::builtin("mutag"), {}), doctest::Contains("many graphs"), Error);
  }

  TEST_CASE("AnnData: which entry is the graph, which column the classes") {
    const Temporary folder;
    const auto path = folder / "a.h5ad";
    auto made = [&](std::vector<const char*> entries, std::vector<std::string> columns, bool named_classes) {
      io::Hdf5Writer file(path, "anndata", "0.1.0");
      file.group("/obs", "dataframe", "0.2.0");
      file.attribute("/obs", "_index", "id");
      file.strings("/obs/id", std::vector<std::string>{"0", "1"});
      file.attribute("/obs", "column-order", std::span<const std::string>(columns));
      for (const std::string& column : columns)
        file.categorical("/obs/" + column, std::vector<std::int32_t>{0, column == "one" ? 0 : 1},
                         column == "one" ? std::vector<std::string>{"x"} : std::vector<std::string>{column, "x"});
      if (named_classes)
        file.categorical("/obs/classes", std::vector<std::int32_t>{-1, 0}, std::vector<std::string>{"c"});
      Real weight = 1;
      for (const char* entry : entries) file.sparse(entry, Sparse(2, 2, {0, 1, 1}, {1}, {++weight}));
      file.commit();
      return read(path);
    };
    const Dataset none = made({}, {}, false);
    CHECK(none.nodes() == 2);
    CHECK(none.names.empty());
    CHECK(none.all.x.is_identity());
    CHECK(none.task == Task::none);
    CHECK(made({"/obsp/b", "/obsp/a"}, {}, false).all.graph.adjacency().values(0)[0] == 3);
    CHECK(made({"/obsp/a", "/obsp/connectivities"}, {}, false).all.graph.adjacency().values(0)[0] == 3);
    CHECK(made({"/obsp/connectivities", "/obsp/adjacency"}, {}, false).all.graph.adjacency().values(0)[0] == 3);
    CHECK(made({}, {"one", "z", "b"}, false).targets.class_names == std::vector<std::string>{"z", "x"});
    CHECK(made({}, {"one"}, false).targets.classes.empty());
    CHECK(made({}, {"b"}, true).targets.classes == std::vector<std::int32_t>{-1, 0});
  }

  TEST_CASE("10x: genes x barcodes by columns") {
    const Temporary folder;
    const auto path = folder / "filtered_feature_bc_matrix.h5";
    write_10x(path, {3, 2}, {2, 0, 1});
    CHECK(io::recognised(path)->id == std::string("anndata"));
    const Dataset data = read(path);
    CHECK(data.names == std::vector<std::string>{"AAAC-1", "AAAG-1"});
    CHECK(same(data.all.x.sparse(), Sparse(2, 3, {0, 2, 3}, {0, 2, 1}, {7, 5, 1})));
    CHECK(data.all.graph.edges() == 0);
    for (const auto& shape : std::vector<std::vector<std::int32_t>>{{2, 3}, {3}, {2, 2}, {3, -2}, {3, 3}}) {
      write_10x(path, shape, {2, 0, 1});
      CHECK(outcome([&] { return read(path).nodes() >= 0; }) == "refused");
    }
    write_10x(path, {3, 2}, {2, 2, 1});
    CHECK_THROWS_WITH_AS(read(path), doctest::Contains("twice"), Error);
    io::write_dataset(path, io::builtin("karate"));
    CHECK_THROWS_WITH_AS(read(path), doctest::Contains("expected the groups X and obs"), Error);
  }

  TEST_CASE("hostile: AnnData whose parts do not fit each other") {
    const Temporary folder;
    const auto path = folder / "h.h5ad";
    // An element of a good file replaced.
    auto with = [&](const char* place, auto write) {
      io::write_anndata(path, small(), {});
      const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
      H5Ldelete(file, place, H5P_DEFAULT);
      write(file);
      H5Fclose(file);
      return outcome([&] { return read(path).nodes() == 4; });
    };
    auto numbers = [](const char* place, std::vector<hsize_t> sizes, std::int64_t fill) {
      return [=](hid_t file) {
        const hid_t space = H5Screate_simple(int(sizes.size()), sizes.data(), nullptr),
                    creation = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_fill_value(creation, H5T_NATIVE_INT64, &fill);
        H5Dclose(H5Dcreate2(file, place, H5T_STD_I64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT));
        H5Pclose(creation), H5Sclose(space);
      };
    };
    CHECK(with("/var", [](hid_t) {}) == "right");
    CHECK(with("/X", [](hid_t) {}) == "right");
    CHECK(with("/obs", [](hid_t) {}) == "refused");
    CHECK(with("/obs/_index", [](hid_t) {}) == "refused");
    CHECK(with("/obs/_index", numbers("/obs/_index", {4}, 0)) == "refused");
    CHECK(with("/X", numbers("/X", {4, 2}, 1)) == "right");
    CHECK(with("/X", numbers("/X", {3, 2}, 1)) == "refused");
    CHECK(with("/X", numbers("/X", {4}, 1)) == "refused");
    CHECK(with("/X/indices", numbers("/X/indices", {3}, 3)) == "refused");
    CHECK(with("/X/indices", numbers("/X/indices", {2}, 0)) == "refused");
    CHECK(with("/X/indptr", numbers("/X/indptr", {5}, -1)) == "refused");
    CHECK(with("/obs/classes/codes", numbers("/obs/classes/codes", {4}, 2)) == "refused");
    CHECK(with("/obs/classes/codes", numbers("/obs/classes/codes", {4}, -2)) == "refused");
    CHECK(with("/obs/classes/codes", numbers("/obs/classes/codes", {3}, 0)) == "refused");
    CHECK(with("/obsp/adjacency/indices", numbers("/obsp/adjacency/indices", {3}, 4)) == "refused");
    CHECK(with("/obsp/adjacency", numbers("/obsp/adjacency", {4, 4}, 0)) == "refused");
    CHECK(with("/obs/split_train", numbers("/obs/split_train", {4}, 1)) == "right");  // no booleans: another column
  }

  TEST_CASE("hostile: random corruptions of AnnData and 10x files") {
    const Temporary folder;
    const auto path = folder / "c.h5ad";
    io::write_anndata(path, small(), {});
    survive("AnnData", content_of(path), path, [&] { return read(path).nodes() >= 0; });
    write_10x(path, {3, 2}, {2, 0, 1});
    survive("10x", content_of(path), path, [&] { return read(path).nodes() >= 0; });
  }
}
