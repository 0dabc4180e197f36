// Hostile and damaged input: a clear Error or a right answer, never a crash, a hang or half a file.
#include <hdf5.h>
#include <pfm/graph/build.h>
#include <pfm/io/builtin.h>
#include <pfm/io/check.h>
#include <pfm/io/dataset.h>
#include <pfm/io/edge_list.h>
#include <pfm/io/embedding.h>
#include <pfm/io/limited_child.h>
#include <pfm/io/pickle.h>
#include <pfm/io/planetoid.h>
#include <pfm/io/safetensors.h>
#include <pfm/io/tu_single.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdlib>

#include "corruption.h"
#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;

namespace {

Dataset small() {
  Dataset data;
  data.name = "small";
  data.all.graph = build_graph(4, std::vector<Edge>{{0, 1}, {1, 2}, {2, 3}}, std::vector<Real>{1, 2, 3});
  data.all.x = Sparse(4, 3, {0, 1, 2, 2, 3}, {0, 2, 1});
  data.targets.classes = {0, 1, -1, 1};
  data.targets.class_names = {"no", "yes"};
  data.splits = {{"train", {0, 1}}, {"test", {3}}};
  data.names = {"a", "b", "c", "d"};
  data.task = Task::node;
  return data;
}

// Two classes of one node each, written as Python 2 would.
void put_planetoid(const std::filesystem::path& folder, const std::string& graph) {
  std::filesystem::create_directories(folder);
  put(folder / "ind.tiny.graph", graph);
}

struct H5 {  // one file made by hand
  hid_t file;
  explicit H5(const std::filesystem::path& path)
      : file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {}
  ~H5() { H5Fclose(file); }
};

void array(hid_t file, const char* name, hid_t type, std::vector<hsize_t> sizes, hid_t creation = H5P_DEFAULT) {
  const hid_t space = H5Screate_simple(int(sizes.size()), sizes.data(), nullptr);
  H5Dclose(H5Dcreate2(file, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT));
  H5Sclose(space);
}

}  // namespace

TEST_SUITE("hostile") {
  TEST_CASE("hostile: random corruptions of HDF5") {
    const Temporary folder;
    const std::filesystem::path path = folder / "d.h5";
    io::write_dataset(path, small());
    const std::string bytes = content_of(path);
    survive("HDF5", bytes, path, [&] { return same(io::read_dataset(path), small()); });
  }

  TEST_CASE("hostile: random corruptions of HDF5 as h5py writes it") {
    const Temporary folder;
    const std::filesystem::path path = folder / "d.h5";
    {
      // Old groups without checksums, a chunked and compressed array, variable strings.
      H5 h5(path);
      const hid_t group = H5Gcreate2(h5.file, "g", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      const hid_t creation = H5Pcreate(H5P_DATASET_CREATE), text = H5Tcopy(H5T_C_S1);
      const hsize_t chunk = 10;
      H5Pset_chunk(creation, 1, &chunk), H5Pset_shuffle(creation), H5Pset_deflate(creation, 4);
      H5Tset_size(text, H5T_VARIABLE);
      const hsize_t size = 40;
      const hid_t space = H5Screate_simple(1, &size, nullptr);
      const hid_t numbers = H5Dcreate2(group, "n", H5T_STD_I32LE, space, H5P_DEFAULT, creation, H5P_DEFAULT);
      const hid_t strings = H5Dcreate2(group, "s", text, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
      std::vector<int> values(size, 3);
      std::vector<const char*> words(size, "word");
      H5Dwrite(numbers, H5T_NATIVE_INT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
      H5Dwrite(strings, text, H5S_ALL, H5S_ALL, H5P_DEFAULT, words.data());
      H5Dclose(numbers), H5Dclose(strings), H5Sclose(space), H5Tclose(text), H5Pclose(creation), H5Gclose(group);
    }
    CHECK_NOTHROW(io::check(path));
    const std::string bytes = content_of(path);
    survive("h5py's HDF5", bytes, path, [&] { return io::check(path), true; });
  }

  TEST_CASE("hostile: random corruptions of safetensors, .npy and text") {
    const Temporary folder;
    const Matrix rows = Matrix::filled(4, 3, 2);
    std::map<std::string, Matrix> values;
    values.emplace("a", rows.clone());
    values.emplace("b", Matrix(1, 2, {1, 2}));
    io::write_safetensors(folder / "m", pointers(values), {{"step", "1"}});
    survive("safetensors", content_of(folder / "m"), folder / "m",
            [&] { return io::read_safetensors(folder / "m"), true; });
    for (const char* file : {"e.npy", "e.txt", "e.h5"}) {
      io::write_embedding(folder / file, rows);
      survive(file, content_of(folder / file), folder / file, [&] { return io::read_embedding(folder / file), true; });
    }
    put(folder / "g.txt", "0 1 0.5\n1 2 1\n2 3 1\n");
    survive("edge list", content_of(folder / "g.txt"), folder / "g.txt",
            [&] { return io::read_edge_list(std::vector{folder / "g.txt"}, {}), true; });
    put(folder / "t.txt", "2\n2 1\n0 1 1\n0 1 0\n1 0\n1 0\n");
    survive("single text", content_of(folder / "t.txt"), folder / "t.txt",
            [&] { return io::read_tu_single(folder / "t.txt"), true; });
  }

  TEST_CASE("hostile: random corruptions of Planetoid's pickles") {
    const char* root = std::getenv("PFM_DATA");
    if (root == nullptr) {
      MESSAGE("SKIPPED: PFM_DATA is not set");
      return;
    }
    const Temporary folder;
    const std::filesystem::path from = std::filesystem::path(root) / "planetoid/cora";
    for (const char* part : {"y", "ty", "x", "graph"}) {
      const std::string bytes = content_of(from / (std::string("ind.cora.") + part));
      survive(std::string("pickle ") + part, bytes, folder / "p", [&] {
        const std::string content = content_of(folder / "p");
        const auto value = io::pickle::parse("p", content);
        if (part == std::string("x")) return io::pickle::csr("p", *value), true;
        if (part == std::string("graph")) return io::pickle::adjacency("p", *value), true;
        return io::pickle::array("p", *value), true;
      });
    }
  }

  TEST_CASE("hostile: pickles run nothing and hold themselves nowhere") {
    struct Case {
      const char* what;
      std::string bytes;
      const char* says;
    };
    const std::vector<Case> cases{
        {"os.system", "cos\nsystem\n(S'touch /tmp/x'\ntR.", "os.system"},
        {"posix.system",
         "cposix\nsystem\n(U\x04true"
         "tR.",
         "posix.system"},
        {"eval",
         "c__builtin__\neval\n(U\x01"
         "1tR.",
         "__builtin__.eval"},
        {"empty", "", "the file ends"},
        {"nothing", ".", "unfinished"},
        {"a list within itself",
         "]q\x01h\x01"
         "a.",
         "lies in another"},
        {"a list within its child",
         "]q\x01]q\x02h\x01"
         "ah\x02"
         "a.",
         "lies in another"},
        {"too deep", ")" + std::string(1000, '\x85') + ".", "too deep"},
        {"string beyond the file",
         std::string("T\xff\xff\xff\x7f"
                     "a.",
                     7),
         "more bytes"},
        {"a string of negative length", "T\xff\xff\xff\xff.", "negative"},
        {"unknown memo", "h\x07.", "memo"},
        {"no mark", "t.", "mark"},
        {"a value below the mark", "K\x01(a.", "missing"},
        {"protocol 4", "\x80\x04.", "protocol"},
        {"persistent id", "Pname\n.", "opcode"},
        {"extension", "\x82\x01.", "opcode"},
        {"instance", "(ios\nsystem\n.", "opcode"},
    };
    for (const Case& c : cases) {
      INFO(c.what);
      CHECK_THROWS_WITH_AS(io::pickle::parse("p", c.bytes), doctest::Contains(c.says), Error);
    }
    const Temporary folder;
    put_planetoid(folder / "evil",
                  "cos\nsystem\n(U\x04true"
                  "tR.");
    CHECK_THROWS_WITH_AS(io::load((folder / "evil").string()), doctest::Contains("os.system"), Error);
  }

  TEST_CASE("hostile: files that are none") {
    const Temporary folder;
    put(folder / "empty", "");
    put(folder / "bytes", std::string("\0\1\2\3", 4));
    std::filesystem::create_directory(folder / "folder");
    ::mkfifo((folder / "pipe").c_str(), 0600);
    for (const char* name : {"missing", "empty", "bytes", "folder", "pipe"}) {
      INFO(name);
      const std::filesystem::path path = folder / name;
      CHECK(outcome([&] { return io::load(path.string()), true; }) == "refused");
      CHECK(outcome([&] { return io::read_dataset(path), true; }) == "refused");
      CHECK(outcome([&] { return io::read_safetensors(path), true; }) == "refused");
      CHECK(outcome([&] { return io::read_planetoid(path), true; }) == "refused");
      CHECK(outcome([&] { return io::read_planetoid_text(path), true; }) == "refused");
      CHECK(outcome([&] { return io::read_edge_list(std::vector{path}, {}), true; }) == "refused");
      CHECK(outcome([&] { return io::read_tu_single(path), true; }) == "refused");
    }
  }

  TEST_CASE("hostile: texts with wrong numbers name file, line and column") {
    using Files = std::map<std::string, std::string_view>;
    auto planetoid = [](Files more) {
      Files files{{"edges.txt", "0 1\n"}, {"labels.txt", "0\n1\n"}};
      for (const auto& [name, text] : more) files[name] = text;
      return outcome([&] { return io::parse_planetoid_text("p", files), true; });
    };
    CHECK(planetoid({}) == "right");
    CHECK(planetoid({{"edges.txt", ""}}) == "right");                         // no edges
    CHECK(planetoid({{"edges.txt", ""}, {"labels.txt", "0\n"}}) == "right");  // one node
    CHECK(planetoid({{"edges.txt", "0 2\n"}}) == "refused");
    CHECK(planetoid({{"edges.txt", "0 -1\n"}}) == "refused");
    CHECK(planetoid({{"edges.txt", "0 1 2\n"}}) == "refused");
    CHECK(planetoid({{"labels.txt", ""}}) == "refused");
    CHECK(planetoid({{"labels.txt", "0\n-2\n"}}) == "refused");
    CHECK(planetoid({{"features.txt", "0 0 nan\n"}}) == "refused");
    CHECK(planetoid({{"features.txt", "0 0 inf\n"}}) == "refused");
    CHECK(planetoid({{"features.txt", "0 0 1e999\n"}}) == "refused");
    CHECK(planetoid({{"features.txt", "2 0 1\n"}}) == "refused");
    CHECK(planetoid({{"features.txt", "0 99999999999 1\n"}}) == "refused");
    CHECK(planetoid({{"features.txt", "0 0 1\n0 0 1\n"}}) == "refused");
    CHECK(planetoid({{"train.txt", "5\n"}}) == "refused");
    CHECK(planetoid({{"train.txt", "1\n1\n"}}) == "refused");

    auto edges = [](std::string_view text, std::string_view labels = "") {
      return outcome([&] { return io::parse_edge_list("e", text, {}, labels.empty() ? "" : "l", labels), true; });
    };
    CHECK(edges("0 1\n", "1 x\n") == "right");
    CHECK(edges("0 1\n", "2 x\n") == "refused");  // a label for another node
    CHECK(edges("0 1\n", "1\n") == "refused");
    CHECK(edges("0 -1\n") == "refused");
    CHECK(edges("0\n") == "refused");
    CHECK(edges("0 1 nan\n") == "refused");
    CHECK(edges("0 1 1\n1 2\n") == "refused");
    CHECK(edges("0 1\n1 2 3\n") == "refused");
    CHECK(edges("a \xff\n") == "refused");
    CHECK(edges("# nothing\n") == "refused");
    CHECK_THROWS_WITH_AS(io::parse_edge_list("graph.txt", "0 1\n2 -7\n", {}),
                         doctest::Contains("graph.txt:2:3: found '-7'"), Error);
  }

  TEST_CASE("hostile: HDF5 that is refused before it is read") {
    const Temporary folder;
    struct Case {
      const char* what;
      void (*make)(hid_t file);
      const char* says;
    };
    const std::vector<Case> cases{
        {"external link", [](hid_t f) { H5Lcreate_external("/etc/passwd", "/x", f, "x", H5P_DEFAULT, H5P_DEFAULT); },
         "link"},
        {"soft link", [](hid_t f) { H5Lcreate_soft("/y", f, "x", H5P_DEFAULT, H5P_DEFAULT); }, "link"},
        {"a group that holds itself", [](hid_t f) { H5Lcreate_hard(f, "/", f, "x", H5P_DEFAULT, H5P_DEFAULT); },
         "itself"},
        {"external storage",
         [](hid_t f) {
           const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
           H5Pset_external(creation, "/etc/passwd", 0, 40);
           array(f, "x", H5T_STD_I32LE, {10}, creation);
           H5Pclose(creation);
         },
         "external"},
        {"virtual data set",
         [](hid_t f) {
           const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
           const hsize_t size = 10;
           const hid_t space = H5Screate_simple(1, &size, nullptr);
           H5Pset_virtual(creation, space, "other.h5", "x", space);
           array(f, "x", H5T_STD_I32LE, {10}, creation);
           H5Sclose(space), H5Pclose(creation);
         },
         "virtual"},
        {"a declared size far beyond the file", [](hid_t f) { array(f, "x", H5T_STD_I32LE, {hsize_t(1) << 40}); },
         "declared"},
        {"a size that wraps",
         [](hid_t f) {
           const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
           const hsize_t chunk[] = {16, 16};
           H5Pset_chunk(creation, 2, chunk);
           array(f, "x", H5T_STD_I64LE, {hsize_t(1) << 31, hsize_t(1) << 30}, creation);
           H5Pclose(creation);
         },
         "size"},
        {"chunks that are never written",
         [](hid_t f) {
           const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
           const hsize_t chunk = 1024;
           H5Pset_chunk(creation, 1, &chunk);
           array(f, "x", H5T_STD_I32LE, {hsize_t(1) << 40}, creation);
           H5Pclose(creation);
         },
         "declared"},
        {"another filter",
         [](hid_t f) {
           const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
           const hsize_t chunk = 10;
           H5Pset_chunk(creation, 1, &chunk), H5Pset_fletcher32(creation);
           array(f, "x", H5T_STD_I32LE, {10}, creation);
           H5Pclose(creation);
         },
         "filter"},
        {"compound type",
         [](hid_t f) {
           const hid_t type = H5Tcreate(H5T_COMPOUND, 4);
           H5Tinsert(type, "a", 0, H5T_STD_I32LE);
           array(f, "x", type, {1});
           H5Tclose(type);
         },
         "type"},
        {"opaque type",
         [](hid_t f) {
           const hid_t type = H5Tcreate(H5T_OPAQUE, 4);
           array(f, "x", type, {1});
           H5Tclose(type);
         },
         "type"},
        {"references", [](hid_t f) { array(f, "x", H5T_STD_REF_OBJ, {1}); }, "type"},
        {"a named type",
         [](hid_t f) {
           const hid_t type = H5Tcopy(H5T_STD_I32LE);
           H5Tcommit2(f, "t", type, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
           H5Tclose(type);
         },
         "type"},
        {"an enumeration",
         [](hid_t f) {
           const hid_t type = H5Tenum_create(H5T_STD_I8LE);
           const std::int8_t red = 0;
           H5Tenum_insert(type, "RED", &red);
           array(f, "x", type, {1});
           H5Tclose(type);
         },
         "enumeration"},
    };
    for (const Case& c : cases) {
      INFO(c.what);
      {
        const H5 h5(folder / "x.h5");
        c.make(h5.file);
      }
      CHECK_THROWS_WITH_AS(io::check(folder / "x.h5"), doctest::Contains(c.says), Error);
    }
  }

  TEST_CASE("hostile: a child that crashes, hangs or eats memory") {
    const io::Limits limits{.memory = 1 << 28, .cpu_seconds = 1, .wall_seconds = 2};
    CHECK(io::in_child(limits, [] { return std::string(); }).empty());
    CHECK(io::in_child(limits, [] { return std::string("no"); }) == "no");
    CHECK(!io::in_child(limits, []() -> std::string { std::abort(); }).empty());
    CHECK(!io::in_child(limits, []() -> std::string {
             volatile int turns = 0;
             while (turns == 0) {
             }
             return "";
           }).empty());
    CHECK(io::in_child(limits, []() -> std::string {
            ::pause();
            return "";
          }).find("too long") != std::string::npos);
  }

  TEST_CASE("hostile: HDF5 whose numbers do not fit each other") {
    const Temporary folder;
    const std::filesystem::path path = folder / "d.h5";
    // One number of a good file replaced, without the checksum that would tell.
    struct Case {
      const char* array;
      std::int64_t index, value;
    };
    for (const Case& c : std::vector<Case>{{"/edges/node/edge/node/indices", 0, 4},
                                           {"/edges/node/edge/node/indices", 0, -1},
                                           {"/edges/node/edge/node/indptr", 1, 5},
                                           {"/edges/node/edge/node/indptr", 4, 7},
                                           {"/nodes/node/x/indices", 0, 3},
                                           {"/targets/classes/codes", 0, 2},
                                           {"/targets/classes/codes", 0, -2},
                                           {"/splits/train", 0, 4},
                                           {"/splits/train", 0, 1}}) {
      INFO(c.array << "[" << c.index << "] = " << c.value);
      io::write_dataset(path, small());
      const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT);
      const hid_t dataset = H5Dopen2(file, c.array, H5P_DEFAULT), space = H5Dget_space(dataset),
                  one = H5Screate(H5S_SCALAR);
      const auto at = hsize_t(c.index);
      H5Sselect_elements(space, H5S_SELECT_SET, 1, &at);
      H5Dwrite(dataset, H5T_NATIVE_INT64, one, space, H5P_DEFAULT, &c.value);
      H5Adelete(dataset, "xxh3");
      H5Sclose(space), H5Sclose(one), H5Dclose(dataset), H5Fclose(file);
      CHECK(outcome([&] { return io::read_dataset(path), true; }) == "refused");
    }
  }

  TEST_CASE("hostile: a full disk leaves the old file and a clear error") {
    const Temporary folder;
    const std::filesystem::path path = folder / "d.h5";
    const Dataset cora = io::builtin("cora");
    put(path, "old");
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    std::map<std::string, Matrix> values;
    values.emplace("a", Matrix::zeros(300, 300));
    int written = 0;
    for (rlim_t most = 0; most < 500'000; most += most < 20'000 ? 1000 : 30'000) {
      const rlimit limit{most, before.rlim_max};
      ::setrlimit(RLIMIT_FSIZE, &limit);
      auto full = [&](auto write) {
        try {
          return write(), ++written, true;
        } catch (const Error& error) {
          return error.fault == Fault::writing && std::string(error.what()).find("d.h5") != std::string::npos;
        }
      };
      const bool data = full([&] { io::write_dataset(path, cora); });
      const bool tensors = full([&] { io::write_safetensors(path, pointers(values), {}); });
      const bool rows = full([&] { io::write_embedding(path, values.at("a")); });
      ::setrlimit(RLIMIT_FSIZE, &before);
      INFO("at " << most << " bytes");
      CHECK((data && tensors && rows));
      CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);  // no temporary file
      if (most < 300'000) CHECK(content_of(path) == "old");
    }
    CHECK(written > 0);
    std::signal(SIGXFSZ, handler);
    CHECK_THROWS_AS(io::write_dataset(folder / "no" / "d.h5", cora), Error);
    CHECK_THROWS_AS(io::write_dataset(folder.path(), cora), Error);
    CHECK_THROWS_WITH_AS(io::write_safetensors("/dev/null", pointers(values), {}),
                         doctest::Contains("not a regular file"), Error);
  }
}
