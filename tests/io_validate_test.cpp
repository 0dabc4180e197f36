// `pfm validate` finds what reading alone lets pass.
#include <doctest/doctest.h>
#include <hdf5.h>
#include <pfm/graph/build.h>
#include <pfm/graph/relations.h>
#include <pfm/io/dataset.h>
#include <pfm/io/embedding.h>
#include <pfm/io/validate.h>
#include <pfm/kernels/error.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "temporary.h"

using namespace pfm;

namespace {

Dataset full() {
  Dataset data;
  data.name = "full";
  data.all.graph = build_graph(6, std::vector<Edge>{{0, 1}, {1, 2}, {3, 4}, {4, 5}}, std::vector<Real>{1, 2, 3, 4});
  data.all.x = Matrix::filled(6, 2, 1);
  data.targets.classes = {0, 1, -1, 1, 0, 0};
  data.targets.class_names = {"no", "yes"};
  data.splits = {{"train", {0, 1}}, {"validation", {2}}, {"test", {3}}, {"train-20", {3}}, {"test-20", {0, 4}}};
  data.folds = {{0, 1}, {2, 3}};
  data.names = {"a", "b", "c", "d", "e", "f"};
  data.texts = {"", "x", "", "", "", "y"};
  data.task = Task::node;
  return data;
}

std::string found(const std::vector<io::Checked>& checked, const std::string& what) {
  const auto row = std::ranges::find(checked, what, &io::Checked::what);
  return row == checked.end() ? "" : row->found;
}

// One number of an array replaced; its checksum goes, or all would end there.
void replace(const std::filesystem::path& path, const char* array, hsize_t at, std::int64_t value, bool keep_sum) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
  const hid_t dataset = H5Dopen2(file, array, H5P_DEFAULT), space = H5Dget_space(dataset);
  const hid_t one = H5Screate(H5S_SCALAR);
  H5Sselect_elements(space, H5S_SELECT_SET, 1, &at);
  H5Dwrite(dataset, H5T_NATIVE_INT64, one, space, H5P_DEFAULT, &value);
  if (!keep_sum) H5Adelete(dataset, "xxh3");
  H5Sclose(space), H5Sclose(one), H5Dclose(dataset), H5Fclose(file);
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("validate says what it checked") {
    const Temporary folder;
    io::write_dataset(folder / "d.h5", full());
    const auto checked = io::validate(folder / "d.h5");
    CHECK(found(checked, "edges").starts_with("6 nodes, 8 entries"));
    CHECK(found(checked, "features").starts_with("6 x 2"));
    CHECK(found(checked, "targets").starts_with("6 rows of classes"));
    CHECK(found(checked, "splits").starts_with("test 1, test-20 2, train 2, train-20 1, validation 1"));
    CHECK(found(checked, "folds").starts_with("2: disjoint, 2 items in none"));
    CHECK(found(checked, "names").starts_with("6"));
    CHECK(found(checked, "checksums") == "15 arrays agree; without one: 0");
    io::write_embedding(folder / "e.h5", Matrix::filled(2, 3, 1), {"a", "b"});
    CHECK(found(io::validate(folder / "e.h5"), "rows").starts_with("2 x 3"));
  }

  TEST_CASE("validate accepts typed graphs and many graphs") {
    const Temporary folder;
    Dataset typed;
    typed.types.nodes = {"a", "b"};
    typed.types.node_ptr = {0, 2, 4};
    typed.types.relations = {{"r", 0, 1, false}};
    typed.all.graph = build_relations(typed.types, {{0, 2, 0}, {1, 3, 0}});
    typed.all.x = Features::identity(4);
    typed.names = {"x", "y", "x", "y"};  // different within their types
    io::write_dataset(folder / "t.h5", typed);
    CHECK(found(io::validate(folder / "t.h5"), "types").starts_with("2 of nodes, 1 relations"));
    typed.names = {"x", "y", "x", "x"};
    io::write_dataset(folder / "t.h5", typed);
    CHECK_THROWS_WITH_AS(io::validate(folder / "t.h5"), doctest::Contains("/nodes/b/names: row 1 is 'x'"), Error);

    Dataset many = full();
    many.folds.clear(), many.splits.clear(), many.targets = {};
    many.all.segments = {0, 3, 3, 6};
    io::write_dataset(folder / "m.h5", many);
    CHECK(found(io::validate(folder / "m.h5"), "graphs").starts_with("3"));
    many.all.segments = {0, 2, 6};
    io::write_dataset(folder / "m.h5", many);
    CHECK_THROWS_WITH_AS(io::validate(folder / "m.h5"), doctest::Contains("node 1 of graph 0"), Error);
  }

  TEST_CASE("validate names the first violation") {
    const Temporary folder;
    const std::filesystem::path path = folder / "d.h5";
    struct Case {
      std::function<void(Dataset&)> spoil;
      const char* says;
    };
    const std::vector<Case> cases{
        {[](Dataset& d) {
           d.splits["test"] = {2, 3};
         },
         "/splits/test: item 2 is also in /splits/validation"},
        {[](Dataset& d) {
           d.splits["test-20"] = {4, 3};
         },
         "/splits/test-20: item 3 is also in /splits/train-20"},
        {[](Dataset& d) {
           d.folds[1] = {5, 1};
         },
         "/folds/0001: item 1 is also in /folds/0000"},
        {[](Dataset& d) { d.names[4] = "a"; }, "/nodes/node/names: row 4 is 'a'"},
        {[](Dataset& d) {
           d.targets.class_names = {"no", "no"};
         },
         "/targets/classes/categories: row 1"},
        {[](Dataset& d) {
           d.targets.label_sets = Sparse(6, 1, {0, 1, 1, 1, 1, 1, 1}, {0}, {2});
         },
         "expected 1"},
        {[](Dataset& d) {
           d.targets.reals =
               std::make_shared<const Matrix>(Matrix::filled(6, 1, std::numeric_limits<Real>::infinity()));
         },
         "/targets/reals: found an infinite value"},
    };
    for (const Case& c : cases) {
      Dataset data = full();
      c.spoil(data);
      io::write_dataset(path, data);
      CHECK_NOTHROW(io::read_dataset(path));  // so this is validate's own
      CHECK_THROWS_WITH_AS(io::validate(path), doctest::Contains(c.says), Error);
    }
    const std::string indices = "/edges/node/edge/node/indices";  // 1 | 0 2 | 1 | 4 | 3 5 | 4
    io::write_dataset(path, full());
    replace(path, indices.c_str(), 1, 2, true);
    replace(path, indices.c_str(), 2, 0, false);
    CHECK_NOTHROW(io::read_dataset(path));
    CHECK_THROWS_WITH_AS(io::validate(path), doctest::Contains((indices + ": entry 2").c_str()), Error);
  }

  TEST_CASE("validate compares the checksum of every array, of those that reading passes over too") {
    const Temporary folder;
    const std::filesystem::path path = folder / "d.h5";
    auto spoiled = [&](auto change) {
      io::write_dataset(path, full());
      const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
      change(file);
      H5Fclose(file);
    };
    // A later version's array, which a reader of this one does not know.
    spoiled([](hid_t file) { H5Lmove(file, "/folds/0001", file, "/later", H5P_DEFAULT, H5P_DEFAULT); });
    CHECK(found(io::validate(path), "checksums") == "15 arrays agree; without one: 0");
    replace(path, "/later", 0, 5, true);
    CHECK_NOTHROW(io::read_dataset(path));
    CHECK_THROWS_WITH_AS(io::validate(path), doctest::Contains("/later: its checksum differs"), Error);
    spoiled([](hid_t file) {
      const hid_t names = H5Oopen(file, "/nodes/node", H5P_DEFAULT);
      H5Adelete(names, "encoding-type");
      H5Oclose(names);
    });
    CHECK_NOTHROW(io::read_dataset(path));
    CHECK_THROWS_WITH_AS(io::validate(path), doctest::Contains("/nodes/node: found encoding-type ''"), Error);
    spoiled([](hid_t file) {
      const hid_t array = H5Oopen(file, "/splits/train", H5P_DEFAULT);
      H5Adelete(array, "xxh3");
      H5Oclose(array);
    });
    CHECK(found(io::validate(path), "checksums") == "14 arrays agree; without one: 1");
    put(path, "no HDF5");
    CHECK_THROWS_AS(io::validate(path), Error);
    CHECK_THROWS_AS(io::validate(folder / "none.h5"), Error);
  }
}
