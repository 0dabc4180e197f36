// Arrays of numpy: .npy, .npz of scipy and of the gnn-benchmark, the ZIP archives around them.
#include <pfm/io/builtin.h>
#include <pfm/io/dataset.h>
#include <pfm/io/npy.h>
#include <pfm/io/npz.h>
#include <pfm/io/zip.h>

#include <cmath>
#include <cstring>

#include "corruption.h"
#include "same_dataset.h"
#include "temporary.h"

using namespace pfm;

namespace {

using Members = std::map<std::string, std::string>;

template <class T>
std::string bytes(std::initializer_list<T> values) {
  return {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(T)};
}

std::string ints(std::initializer_list<std::int32_t> values) {
  return io::npy_of("<i4", "(" + std::to_string(values.size()) + ",)", bytes(values));
}

std::string reals(std::initializer_list<double> values) {
  return io::npy_of("<f8", "(" + std::to_string(values.size()) + ",)", bytes(values));
}

std::string format(const std::string& name) { return io::npy_of("|S3", "()", name); }

// [[0, 2, 0], [0, 0, 0], [5, 0, 1]] in each form.
Members scipy(const std::string& kind) {
  Members m{{"format.npy", format(kind)}, {"shape.npy", ints({3, 3})}};
  if (kind == "csr")
    m.insert({{"data.npy", reals({2, 1, 5})}, {"indices.npy", ints({1, 2, 0})}, {"indptr.npy", ints({0, 1, 1, 3})}});
  if (kind == "csc")
    m.insert({{"data.npy", reals({5, 2, 1})}, {"indices.npy", ints({2, 0, 2})}, {"indptr.npy", ints({0, 1, 2, 3})}});
  if (kind == "coo")
    m.insert({{"data.npy", reals({1, 2, 5})}, {"row.npy", ints({2, 0, 2})}, {"col.npy", ints({2, 1, 0})}});
  return m;
}

Members benchmark() {
  const std::uint32_t letters[] = {'x', 0, 'y', 0x00e5};  // U2: "x", "yå"
  return {{"adj_data.npy", reals({1, 1})},
          {"adj_indices.npy", ints({1, 2})},
          {"adj_indptr.npy", ints({0, 1, 2, 2})},
          {"adj_shape.npy", ints({3, 3})},
          {"attr_matrix.npy", io::npy_of("<f4", "(3, 2)", bytes<float>({1, 2, 3, 4, 5, 6}))},
          {"labels.npy", ints({0, 1, 1})},
          {"class_names.npy", io::npy_of("<U2", "(2,)", {reinterpret_cast<const char*>(letters), sizeof letters})}};
}

io::Npy parsed(const std::string& content) { return io::parse_npy("a", content); }

io::ReadRules directed(bool yes) {
  io::ReadRules rules;
  rules.undirected = !yes;
  return rules;
}

io::ReadRules summed() {
  io::ReadRules rules;
  rules.sum = true;
  return rules;
}

Dataset read(const std::filesystem::path& path, const io::ReadRules& rules = {}) {
  return io::read_npz(std::vector{path}, rules);
}

}  // namespace

TEST_SUITE("io") {
  TEST_CASE("npy: types, orders, texts") {
    CHECK(parsed(io::npy_of("|b1", "(3,)", std::string("\1\0\2", 3))).numbers() == std::vector<double>{1, 0, 1});
    CHECK(parsed(io::npy_of("<i8", "()", bytes<std::int64_t>({-7}))).numbers() == std::vector<double>{-7});
    CHECK(parsed(ints({3, -1})).integers("n", -1, 3) == std::vector<std::int64_t>{3, -1});
    CHECK_THROWS_WITH_AS(parsed(ints({3, -1})).integers("a node", 0, 3),
                         doctest::Contains("element 1 is -1, expected a node in [0, 3]"), Error);
    CHECK_THROWS_AS(parsed(reals({1})).integers("n", 0, 9), Error);
    CHECK_THROWS_AS(parsed(io::npy_of("<u8", "(1,)", std::string(8, '\xff'))).integers("n", 0, INT64_MAX), Error);
    const std::string columns = io::npy_of("<i2", "(2, 3)", bytes<std::int16_t>({1, 4, 2, 5, 3, 6}));
    std::string by_columns = columns;
    by_columns.replace(by_columns.find("False"), 5, "True ");
    by_columns.replace(by_columns.find("True ,"), 6, "True, ");
    CHECK(same(parsed(by_columns).matrix(), Matrix(2, 3, {1, 2, 3, 4, 5, 6})));
    CHECK(same(parsed(columns).matrix(), Matrix(2, 3, {1, 4, 2, 5, 3, 6})));
    CHECK(parsed(io::npy_of("|S4", "(2,)", std::string("ab\0\0\xc3\xa5g\0", 8))).texts() ==
          std::vector<std::string>{"ab", "åg"});
    CHECK(parsed(io::npy_of("<U2", "()", bytes<std::uint32_t>({0x1f600, 'z'}))).texts() ==
          std::vector<std::string>{"😀z"});
    CHECK_THROWS_AS(parsed(io::npy_of("<U1", "()", bytes<std::uint32_t>({0xd800}))).texts(), Error);
    CHECK_THROWS_AS(parsed(io::npy_of("|S1", "()", "\xff")).texts(), Error);
  }

  TEST_CASE("hostile: .npy whose sizes are not those of its bytes") {
    for (const char* shape : {"(4611686018427387904,)", "(2, 9223372036854775807, 3)", "(9223372036854775807,)",
                              "(-1,)", "(99999999999999999999,)", "(1e3,)", "(2,", "(3, 0)", "(2,)"}) {
      INFO(shape);
      CHECK(outcome([&] { return parsed(io::npy_of("<i4", shape, std::string(4, '\0'))).count == 1; }) == "refused");
    }
    for (const char* type : {">i4", "<c8", "<f2", "<M8[ns]", "<U99999999", "|V4", "<i", "", "<S0", "[('a', '<i4')]"}) {
      INFO(type);
      CHECK(outcome([&] { return parsed(io::npy_of(type, "(1,)", std::string(4, '\0'))).count == 1; }) == "refused");
    }
    CHECK(outcome([&] { return parsed(std::string("\x93NUMPY\x01\x00\xff\xff", 10) + "{}").count == 1; }) == "refused");
    CHECK(outcome([&] { return parsed(reals({NAN})).matrix().rows() == 1; }) == "refused");
  }

  TEST_CASE("npz: scipy's formats are the same graph") {
    const Temporary folder;
    const auto path = folder / "m.npz";
    for (const char* kind : {"csr", "csc", "coo"}) {
      INFO(kind);
      io::write_zip(path, scipy(kind));
      CHECK(io::recognised(path)->id == std::string("npz"));
      const Dataset data = read(path);
      CHECK(data.name == "m");
      CHECK(data.task == Task::link);
      CHECK(same(data.all.graph.adjacency(), Sparse(3, 3, {0, 1, 1, 3}, {1, 0, 2}, {2, 5, 1})));
      CHECK(read(path, directed(false)).all.graph.edges() == 5);
    }
    Members repeated = scipy("coo");
    repeated["row.npy"] = ints({2, 2, 0}), repeated["col.npy"] = ints({1, 1, 0}),
    repeated["data.npy"] = reals({1, 2, 0});
    io::write_zip(path, repeated);
    CHECK(same(read(path).all.graph.adjacency(), Sparse(3, 3, {0, 0, 0, 1}, {1}, {1})));
    CHECK(same(read(path, summed()).all.graph.adjacency(), Sparse(3, 3, {0, 0, 0, 1}, {1}, {3})));
    Members wide = scipy("coo");
    wide["shape.npy"] = ints({3, 4});
    io::write_zip(path, wide);
    const Dataset rows = read(path);
    CHECK(rows.all.graph.edges() == 0);
    CHECK(same(rows.all.x.sparse(), Sparse(3, 4, {0, 1, 1, 3}, {1, 0, 2}, {2, 5, 1})));
    wide["row.npy"] = ints({2, 0, 2}), wide["col.npy"] = ints({2, 1, 2});
    io::write_zip(path, wide);
    CHECK_THROWS_WITH_AS(read(path), doctest::Contains("row 2 column 2 is given twice"), Error);
  }

  TEST_CASE("npz: the gnn-benchmark's arrays") {
    const Temporary folder;
    const auto path = folder / "b.npz";
    io::write_zip(path, benchmark());
    CHECK(io::recognised(path)->id == std::string("npz"));
    const Dataset data = read(path);
    CHECK(data.all.graph.edges() == 4);  // undirected
    CHECK(read(path, directed(true)).all.graph.edges() == 2);
    CHECK(same(data.all.x.dense(), Matrix(3, 2, {1, 2, 3, 4, 5, 6})));
    CHECK(data.targets.classes == std::vector<std::int32_t>{0, 1, 1});
    CHECK(data.targets.class_names == std::vector<std::string>{"x", "yå"});
    CHECK(data.task == Task::node);
    for (const auto& replaced : std::vector<std::pair<std::string, std::string>>{{"labels.npy", ints({0, 1})},
                                                                                 {"labels.npy", ints({0, 2, 1})},
                                                                                 {"labels.npy", ints({0, -2, 1})},
                                                                                 {"attr_matrix.npy", ints({1, 2})},
                                                                                 {"adj_indices.npy", ints({1, 3})},
                                                                                 {"adj_indptr.npy", ints({0, 2, 1, 2})},
                                                                                 {"adj_indptr.npy", ints({0, 1, 2})},
                                                                                 {"adj_data.npy", reals({1, INFINITY})},
                                                                                 {"adj_shape.npy", ints({3, 4})},
                                                                                 {"adj_shape.npy", ints({3})}}) {
      INFO(replaced.first);
      Members wrong = benchmark();
      wrong[replaced.first] = replaced.second;
      io::write_zip(path, wrong);
      CHECK(outcome([&] { return read(path).nodes() == 3; }) == "refused");
    }
  }

  TEST_CASE("npz: what is written comes back") {
    const Temporary folder;
    const Dataset karate = io::builtin("karate");
    io::write_npz(folder / "karate.npz", karate, {});
    CHECK(same(read(folder / "karate.npz").all.graph.adjacency(), karate.all.graph.adjacency()));
    const std::string first = content_of(folder / "karate.npz");
    io::write_npz(folder / "karate.npz", karate, {});
    CHECK(content_of(folder / "karate.npz") == first);
    Dataset weighted;
    weighted.all.graph = Graph(Sparse(3, 3, {0, 1, 1, 2}, {1, 2}, {Real(0.25), -3}));
    io::write_npz(folder / "w.npz", weighted, {});
    CHECK(same(read(folder / "w.npz").all.graph.adjacency(), weighted.all.graph.adjacency()));
    CHECK_THROWS_AS(io::write_npz(folder / "no" / "w.npz", weighted, {}), Error);
  }

  TEST_CASE("hostile: pickles in .npz run nothing") {
    const Temporary folder;
    const auto path = folder / "evil.npz";
    auto with = [&](const std::string& pickle) {
      io::write_zip(path, {{"adj_matrix.npy", io::npy_of("|O", "()", pickle)}});
      return outcome([&] { return read(path).nodes() >= 0; });
    };
    CHECK(with("cos\nsystem\n(U\x04true"
               "tR.") == "refused");
    CHECK(with("\x80\x03"
               "cbuiltins\neval\nX\x01\x00\x00\x00"
               "1\x85R.") == "refused");
    CHECK(with(std::string("\x80\x03"
                           "B\xff\xff\xff\xff"
                           "1.",
                           9)) == "refused");  // bytes beyond the file
    CHECK(with(std::string("\x80\x03"
                           "X\xff\xff\xff\xff"
                           "1.",
                           9)) == "refused");
    CHECK(with("\x80\x04N.") == "refused");
    CHECK(with("N.") == "refused");
    CHECK(with("") == "refused");
    CHECK_THROWS_WITH_AS(io::load(path.string()), doctest::Contains("the file ends"), Error);
    io::write_zip(path, {{"adj_matrix.npy", io::npy_of("|O", "()", "cos\nsystem\n.")}});
    CHECK_THROWS_WITH_AS(read(path), doctest::Contains("'os.system'"), Error);
  }

  TEST_CASE("hostile: ZIP bombs and sizes beyond the file") {
    const Temporary folder;
    const auto path = folder / "bomb.npz";
    Members bomb = scipy("coo");
    bomb["row.npy"] = std::string(80 << 20, '\0');
    io::write_zip(path, bomb);
    CHECK_THROWS_WITH_AS(read(path), doctest::Contains("256 times"), Error);
    Members many;
    for (int i = 0; i <= 1000; ++i) many[std::to_string(i)] = "";
    io::write_zip(path, many);
    CHECK_THROWS_WITH_AS(read(path), doctest::Contains("1001 members"), Error);
    Members tall = scipy("coo");
    tall["shape.npy"] = ints({INT32_MAX - 1, INT32_MAX - 1});
    io::write_zip(path, tall);
    CHECK_THROWS_WITH_AS(read(path), doctest::Contains("far beyond the file's size"), Error);
    tall["shape.npy"] = io::npy_of("<i8", "(2,)", bytes<std::int64_t>({INT64_MAX, 3}));
    io::write_zip(path, tall);
    CHECK(outcome([&] { return read(path).nodes() >= 0; }) == "refused");
    // The size of a member in the archive's directory (and in its own header) says 2^31 more than there is.
    io::write_zip(path, scipy("csr"));
    std::string lying = content_of(path);
    for (std::size_t at = lying.find("PK\x01\x02"); at != std::string::npos; at = lying.find("PK\x01\x02", at + 4))
      lying[at + 27] = '\x20';
    put(path, lying);
    CHECK(outcome([&] { return read(path).nodes() >= 0; }) == "refused");
  }

  TEST_CASE("hostile: random corruptions of .npy arrays and .npz archives") {
    const Temporary folder;
    const auto path = folder / "c.npz";
    const Dataset whole = [&] {
      io::write_zip(path, benchmark());
      return read(path);
    }();
    survive("npz of the gnn-benchmark", content_of(path), path, [&] { return read(path).nodes() >= 0; });
    for (const char* kind : {"csr", "coo"}) {
      io::write_zip(path, scipy(kind));
      survive(std::string("npz ") + kind, content_of(path), path, [&] { return read(path).nodes() >= 0; });
    }
    // Behind the archive's checksum: damaged before they are packed.
    std::string joined;
    for (const auto& [member, content] : benchmark()) joined += content;
    survive("members of an npz", joined, folder / "joined", [&] {
      std::string rest = content_of(folder / "joined");
      Members members;
      for (const auto& [member, content] : benchmark()) {
        members[member] = rest.substr(0, content.size());
        rest.erase(0, content.size());
      }
      io::write_zip(path, members);
      return read(path).nodes() >= 0;
    });
    CHECK(whole.nodes() == 3);
  }

  TEST_CASE("npz: Amazon Photo and Coauthor CS hold what their texts hold") {
    const char* root = std::getenv("PFM_DATA");
    if (root == nullptr) {
      MESSAGE("SKIPPED: PFM_DATA is not set");
      return;
    }
    const std::filesystem::path folder = std::filesystem::path(root) / "amazon_coauthor";
    const Dataset photo = read(folder / "amazon_photo/amazon_photo.npz");
    CHECK(photo.nodes() == 7650);
    CHECK(photo.all.graph.pairs().size() == 119081);
    CHECK(photo.all.x.sparse().nonzeros() == 1979909);
    CHECK(!photo.all.x.sparse().weighted());
    CHECK(photo.targets.class_names.size() == 8);
    CHECK(photo.targets.class_names[0] == "Film Photography");
    CHECK(read(folder / "amazon_photo/amazon_photo.npz", directed(true)).all.graph.edges() == 143663);
    const Dataset cs = read(folder / "coauthor_cs/coauthor_cs.npz");
    CHECK(cs.nodes() == 18333);
    CHECK(cs.names[0].starts_with("0006"));
    CHECK(cs.all.x.cols() == 6805);
    CHECK(cs.all.x.sparse().weighted());
    CHECK(cs.targets.class_count() == 15);
  }
}
